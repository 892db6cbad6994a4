package io.shardhold.internal.coordinator;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.CoordinatorMessage.Register;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Registrations of regions, of which not all pages are there. Bounded by members and by pages. */
final class Registrations {
    /** More pages than all shards of many types need. */
    static final int MOST_PAGES = 16_384;

    private final Map<NodeId, List<Register>> begun = new TreeMap<>();

    /** Takes a page; returns all of the registration if it was the last one, else nothing. One out of turn is ignored. */
    List<Register> onPage(NodeId region, Register page, Turn turn) {
        List<Register> pages = begun.computeIfAbsent(region, id -> new ArrayList<>());
        if (page.page() == 0) {
            pages.clear();
        }
        if (pages.size() >= MOST_PAGES) {
            turn.count(Counter.REGISTRATIONS_REFUSED);
            return List.of();
        }
        if (page.page() != pages.size()) {
            return List.of();
        }
        pages.add(page);
        if (!page.last()) {
            return List.of();
        }
        begun.remove(region);
        return pages;
    }

    void clear() {
        begun.clear();
    }
}
