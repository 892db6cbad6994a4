/** The replicated map: entries that merge by stamp, the seats that accept them, the copies that every node holds. */
package io.shardhold.internal.crdt;
