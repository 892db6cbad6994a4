package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.Seat;
import io.shardhold.testkit.fault.Fault;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts what tests are made for. All names are there from the beginning, so that a profile shows that never reaches
 * something: it stays at 0. A handoff is under way from the moment that a node stops a shard until another starts it, a change of
 * the seats while one of them is empty: a seat is emptied only when somebody is there to fill it.
 */
final class Reached implements Check, Invariant {
    private static final String CRASH = "crash";
    private static final String DEPARTURE = "departure";
    private static final String RESTART = "restart";
    private static final String TAKEOVER = "takeover";
    private static final String FOUNDING_AGAIN = "founding again";
    private static final String CAME_BACK = "message came back";
    private static final String OUTLASTED = "handler outlasted the right";
    private static final String IN_DOUBT = "connection lost with messages in doubt";
    private static final String UNDELIVERED = "message undelivered";
    private static final String HAND_OFF = "handoff";
    private static final String KEPT = "shard kept";
    private static final String REFUSED = "directive refused";
    private static final String REBORN = "new incarnation in a process";
    private static final String RIGHT_LOST = "right to serve lost";
    private static final String VERDICT = "verdict";
    private static final String SEAT_CHANGE = "seat change";
    private static final String LEASE_LOST = "lease lost";
    private static final String LEASE_WITHOUT_ANSWER = "takeover waits for a lease store that does not answer";
    private static final String FOUNDING_AGAIN_WITH_LEASE = "founding again with a lease";

    private static final List<String> NAMES = List.of(
            CRASH,
            DEPARTURE,
            RESTART,
            TAKEOVER,
            FOUNDING_AGAIN,
            CAME_BACK,
            OUTLASTED,
            IN_DOUBT,
            UNDELIVERED,
            HAND_OFF,
            KEPT,
            REFUSED,
            REBORN,
            RIGHT_LOST,
            VERDICT,
            SEAT_CHANGE,
            LEASE_LOST,
            LEASE_WITHOUT_ANSWER,
            FOUNDING_AGAIN_WITH_LEASE);
    private static final List<String> CONDITIONS =
            List.of(" during a partition", " during a handoff", " during a seat change");

    private final MultiNodeSpec spec;
    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final TreeSet<String> moving = new TreeSet<>();
    /** All occupations of the seats of which some node has told. */
    private final Set<List<Seat>> occupations = new HashSet<>();

    private List<Seat> seats = List.of();
    private long coordinators;
    private long foundings;

    Reached(MultiNodeSpec spec) {
        this.spec = spec;
        for (String name : NAMES) {
            counts.put(name, 0L);
            CONDITIONS.forEach(condition -> counts.put(name + condition, 0L));
        }
        for (Strike strike : Strike.values()) {
            counts.put(name(strike), 0L);
        }
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

    private static String name(Strike strike) {
        return "fault: " + strike.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** A fault of this kind was injected. */
    void onStrike(Strike strike) {
        counts.merge(name(strike), 1L, Long::sum);
    }

    private void count(String what) {
        counts.merge(what, 1L, Long::sum);
        if (spec.isPartitioned()) {
            counts.merge(what + CONDITIONS.get(0), 1L, Long::sum);
        }
        if (!moving.isEmpty()) {
            counts.merge(what + CONDITIONS.get(1), 1L, Long::sum);
        }
        if (seats.stream().anyMatch(seat -> seat.holder().isEmpty())) {
            counts.merge(what + CONDITIONS.get(2), 1L, Long::sum);
        }
    }

    @Override
    public void onStarted(TestNode node) {
        if (node.starts() > 1) {
            count(RESTART);
        }
    }

    @Override
    public void onEnded(TestNode node, boolean orderly) {
        count(orderly ? DEPARTURE : CRASH);
    }

    @Override
    public void onArrived(TestNode node, UserMessage message) {
        if (message.process() == node.process()) {
            count(CAME_BACK);
        }
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.ShardsHere here) {
            onShard(here);
        } else if (event instanceof ClusterEvent.CoordinatorActive) {
            if (coordinators++ > 0) {
                count(TAKEOVER);
            }
        } else if (event instanceof ClusterEvent.Founded) {
            if (foundings++ > 0) {
                count(FOUNDING_AGAIN);
                if (spec.possibleFaults().contains(Fault.LEASE_STORE)) {
                    count(FOUNDING_AGAIN_WITH_LEASE);
                }
            }
        } else if (event instanceof ClusterEvent.SeatsChanged changed) {
            onSeats(changed.seats());
        } else {
            String what = named(event);
            if (!what.isEmpty()) {
                count(what);
            }
        }
    }

    private static String named(ClusterEvent event) {
        if (event instanceof ClusterEvent.Verdict) {
            return VERDICT;
        } else if (event instanceof ClusterEvent.Reborn) {
            return REBORN;
        } else if (event instanceof ClusterEvent.RightLost) {
            return RIGHT_LOST;
        } else if (event instanceof ClusterEvent.HandlerOverrun) {
            return OUTLASTED;
        } else if (event instanceof ClusterEvent.LinkLost) {
            return IN_DOUBT;
        } else if (event instanceof ClusterEvent.ShardKept) {
            return KEPT;
        } else if (event instanceof ClusterEvent.DirectiveRefused) {
            return REFUSED;
        } else if (event instanceof ClusterEvent.ShardMoved) {
            return HAND_OFF;
        } else if (event instanceof ClusterEvent.Undelivered) {
            return UNDELIVERED;
        } else if (event instanceof ClusterEvent.LeaseChanged lease) {
            return named(lease.state());
        }
        return "";
    }

    private static String named(ClusterEvent.LeaseState state) {
        return switch (state) {
            case LOST -> LEASE_LOST;
            case UNREACHABLE -> LEASE_WITHOUT_ANSWER;
            case HELD, WAITING, RELEASED -> "";
        };
    }

    /** The first node that tells of an occupation counts; one that empties or fills a single seat is a change. */
    private void onSeats(List<Seat> now) {
        if (occupations.add(now)) {
            boolean changed = seats.size() == now.size()
                    && seats.stream().filter(now::contains).count() == now.size() - 1;
            seats = now;
            if (changed) {
                count(SEAT_CHANGE);
            }
        }
    }

    private void onShard(ClusterEvent.ShardsHere here) {
        String shard = here.type() + "/" + here.shard();
        if (here.started()) {
            moving.remove(shard);
        } else {
            moving.add(shard);
        }
    }
}
