/** Where shards go: strategies, and what they may look at. */
package io.shardhold.allocation;
