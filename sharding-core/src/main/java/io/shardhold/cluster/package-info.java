/** Nodes and members: who takes part in a cluster, and what one node knows of it. */
package io.shardhold.cluster;
