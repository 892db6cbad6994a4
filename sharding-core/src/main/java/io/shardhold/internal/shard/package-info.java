/** The entities of a node: which shards are open, their cells and mailboxes, and how they stop. */
package io.shardhold.internal.shard;
