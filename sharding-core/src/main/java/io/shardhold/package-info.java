/** Cluster sharding: where an application starts. */
package io.shardhold;
