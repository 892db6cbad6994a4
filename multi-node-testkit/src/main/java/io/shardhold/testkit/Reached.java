package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts what tests are made for, so that a profile shows that never gets there. A handoff is under way from the moment that a
 * node stops a shard until another starts it.
 */
final class Reached implements Check, Invariant {
    private final MultiNodeSpec spec;
    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final SortedMap<String, Integer> moving = new TreeMap<>();
    private long coordinators;
    private long foundings;

    Reached(MultiNodeSpec spec) {
        this.spec = spec;
    }

    @Override
    public String name() {
        return "REACHED";
    }

    @Override
    public Check begin(MultiNodeSpec watched) {
        return this;
    }

    SortedMap<String, Long> counts() {
        return new TreeMap<>(counts);
    }

    private void count(String what) {
        counts.merge(what, 1L, Long::sum);
        if (spec.isPartitioned()) {
            counts.merge(what + " during a partition", 1L, Long::sum);
        }
    }

    @Override
    public void onEnded(TestNode node, boolean orderly) {
        count(orderly ? "departure" : "crash");
        if (!orderly && !moving.isEmpty()) {
            count("crash during a handoff");
        }
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.ShardsHere here) {
            onShard(here);
        } else if (event instanceof ClusterEvent.CoordinatorActive) {
            if (coordinators++ > 0) {
                count("takeover");
                if (!moving.isEmpty()) {
                    count("takeover during a handoff");
                }
            }
        } else if (event instanceof ClusterEvent.Founded) {
            if (foundings++ > 0) {
                count("founding again");
            }
        } else if (event instanceof ClusterEvent.Undelivered lost) {
            counts.merge("undelivered, " + name(lost.reason()), lost.count(), Long::sum);
        } else {
            String what = named(event);
            if (!what.isEmpty()) {
                count(what);
            }
        }
    }

    private static String name(UndeliveredReason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String named(ClusterEvent event) {
        if (event instanceof ClusterEvent.Verdict) {
            return "verdict";
        } else if (event instanceof ClusterEvent.Reborn) {
            return "new incarnation in a process";
        } else if (event instanceof ClusterEvent.RightLost) {
            return "right to serve lost";
        } else if (event instanceof ClusterEvent.HandlerOverrun) {
            return "handler outlasted the right";
        } else if (event instanceof ClusterEvent.LinkLost) {
            return "connection lost with messages in doubt";
        } else if (event instanceof ClusterEvent.ShardKept) {
            return "shard kept";
        } else if (event instanceof ClusterEvent.DirectiveRefused) {
            return "directive refused";
        } else if (event instanceof ClusterEvent.ShardMoved) {
            return "handoff";
        }
        return "";
    }

    private void onShard(ClusterEvent.ShardsHere here) {
        String shard = here.type() + "/" + here.shard();
        if (here.started()) {
            moving.remove(shard);
        } else {
            moving.put(shard, here.shard());
        }
    }
}
