/** Settings: immutable, checked all at once, each default with its reason. */
package io.shardhold.config;
