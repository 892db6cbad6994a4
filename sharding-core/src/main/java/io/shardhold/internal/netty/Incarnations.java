package io.shardhold.internal.netty;

import io.shardhold.cluster.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The highest incarnation seen at each address; the address that was heard of longest ago is forgotten beyond 10,000.
 * Any thread: one lock, taken once per handshake and never while another is wanted.
 */
final class Incarnations {
    private static final int MAX_ADDRESSES = 10_000;

    private final Map<String, Long> highest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** Notes a node and returns the highest incarnation at its address, its own included. */
    synchronized long note(NodeId node) {
        return highest.merge(node.address(), node.incarnation(), Math::max);
    }
}
