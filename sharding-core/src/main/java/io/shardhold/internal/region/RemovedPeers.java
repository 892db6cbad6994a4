package io.shardhold.internal.region;

import io.shardhold.cluster.NodeId;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Incarnations that have had their verdict, numbered from 1; the newest so many of them are remembered, because an older
 * one has been gone for long.
 *
 * <p>Concurrency: the kernel's thread adds, connections ask. Whoever asks before the addition is through acts as before the
 * removal.
 */
final class RemovedPeers {
    static final int REMEMBERED = 1_024;

    private final Map<NodeId, Long> numbers = new ConcurrentHashMap<>();
    private final Queue<NodeId> byAge = new ArrayDeque<>();
    private final AtomicLong count = new AtomicLong();

    /** Kernel thread. */
    void add(NodeId peer) {
        if (!numbers.containsKey(peer)) {
            numbers.put(peer, count.incrementAndGet());
            byAge.add(peer);
            if (byAge.size() > REMEMBERED) {
                numbers.remove(byAge.remove());
            }
        }
    }

    /** How many have been removed so far. */
    long count() {
        return count.get();
    }

    /** The number of this removal; 0 if the peer has not been removed, or too long ago. */
    long number(NodeId peer) {
        return numbers.getOrDefault(peer, 0L);
    }
}
