/** The coordinator: takes over with the promise of a quorum, removes members, places and moves shards. */
package io.shardhold.internal.coordinator;
