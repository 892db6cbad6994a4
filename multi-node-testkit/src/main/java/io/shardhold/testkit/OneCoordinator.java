package io.shardhold.testkit;

import io.shardhold.internal.protocol.Term;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One commander. A coordinator becomes able to act in its own events only, so after an event only this node is asked, and
 * the others only while somebody else was able. (Of a cluster that has just been founded again, and of the one that was
 * given up for it, both may have one for less than the consent time: the older can write nothing any more.)
 */
final class OneCoordinator implements Check {
    private final MultiNodeSpec spec;
    private final Map<String, TestNode> acting = new TreeMap<>();

    OneCoordinator(MultiNodeSpec spec) {
        this.spec = spec;
    }

    @Override
    public void afterEvent(TestNode node) {
        Optional<Term> term = node.actingTerm();
        if (term.isEmpty()) {
            if (!acting.isEmpty()) {
                acting.remove(node.name());
            }
            return;
        }
        acting.put(node.name(), node);
        if (acting.size() > 1) {
            for (TestNode other : acting.values()) {
                Optional<Term> theirs = other == node ? Optional.empty() : other.actingTerm();
                if (theirs.isPresent() && theirs.get().clusterId() == term.get().clusterId()) {
                    spec.violated(
                            Invariants.ONE_ACTIVE_COORDINATOR.name(),
                            theirs.get() + " and " + term.get() + " may both act in one cluster");
                }
            }
        }
    }
}
