package io.shardhold.testkit;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.allocation.ShardMap;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.Wait;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Term;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Guards with one of them taken out: the kit must notice each. In the order of the failures that come back. */
final class Mutants {
    private static final long TWO_SECONDS = 2_000_000_000L;
    private static final long TWO_MINUTES = 120_000_000_000L;

    private Mutants() {}

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>();
        all.addAll(actingWithoutPower());
        all.addAll(givingHomesTooEarly());
        all.addAll(servingTooLong());
        all.addAll(countingTooFew());
        all.addAll(sayingOnce());
        all.addAll(waitingForEver());
        all.addAll(placingBadly());
        all.addAll(losing());
        all.addAll(lettingIn());
        return List.copyOf(all);
    }

    private static List<Mutant> actingWithoutPower() {
        return List.of(
                Mutant.of(
                        1,
                        "REGION_OBEYS_ANY_TERM",
                        "A region refuses directives of a lower term.",
                        Trials.LATE_DIRECTIVES,
                        new Guards() {
                            @Override
                            public boolean refusesTerm(long highestSeen, long offered) {
                                return false;
                            }
                        }),
                Mutant.of(
                        1,
                        "REGION_HOSTS_ANY_EPOCH",
                        "A region refuses an epoch that it has stopped, and one below its map.",
                        Trials.LATE_DIRECTIVES,
                        new Guards() {
                            @Override
                            public boolean refusesEpoch(Epoch highestStopped, Epoch inMap, Epoch offered) {
                                return false;
                            }
                        }),
                Mutant.of(
                        1,
                        "REGION_HOSTS_THE_SAME_EPOCH",
                        "A region that has stopped an epoch refuses that one too, not only lower ones.",
                        Trials.LATE_ORDERS,
                        new Guards() {
                            @Override
                            public boolean refusesEpoch(Epoch highestStopped, Epoch inMap, Epoch offered) {
                                return offered.isBelow(highestStopped) || offered.isBelow(inMap);
                            }
                        }),
                Mutant.of(
                        1,
                        "SEAT_OBEYS_ANY_TERM",
                        "A seat that has promised to a term accepts nothing of a lower one.",
                        Trials.DEPOSED,
                        new Guards() {
                            @Override
                            public boolean mayObey(long promisedNumber, boolean samePromisedNode, Term term) {
                                return true;
                            }
                        }),
                Mutant.of(
                        1,
                        "BELIEVES_LEASE_UNTIL_TOLD",
                        "A coordinator acts while its lease says so at that moment, not until it is told of its loss.",
                        Trials.LEASE_RUNS_OUT,
                        new Guards() {
                            @Override
                            public boolean believesLease(boolean told, BooleanSupplier alive) {
                                return told;
                            }
                        }),
                Mutant.of(
                        2,
                        "ACTS_WITHOUT_QUORUM",
                        "On every path a coordinator asks in that very turn whether it may act.",
                        Trials.LATE_DIRECTIVES,
                        new Guards() {
                            @Override
                            public boolean mayAct(boolean leader, boolean quorumAnswered) {
                                return true;
                            }
                        }),
                Mutant.of(
                        2,
                        "ASKS_ON_MESSAGES_ONLY",
                        "Whether it may act, a coordinator asks on timers and signals as on messages.",
                        Trials.CUT_OFF,
                        new Guards() {
                            @Override
                            public boolean asksBeforeActing(boolean onMessage) {
                                return onMessage;
                            }
                        }));
    }

    private static List<Mutant> givingHomesTooEarly() {
        return List.of(
                Mutant.of(
                        3,
                        "ONE_SEAT_COMMITS",
                        "No directive leaves before what it says is on a quorum of seats.",
                        Trials.MINORITY_WRITE,
                        new Guards() {
                            @Override
                            public int writeQuorum(MapValue.Seats seats) {
                                return 1;
                            }
                        }),
                Mutant.of(
                        3,
                        "SEAT_ACCEPTS_BEHIND_A_GAP",
                        "A seat accepts a page only behind what comes before it, so what it acknowledges is all there.",
                        Trials.LOST_PAGES,
                        new Guards() {
                            @Override
                            public boolean mayAcceptFrom(long from, long position) {
                                return true;
                            }
                        }),
                Mutant.of(
                        4,
                        "TIMEOUT_COUNTS_AS_STOPPED",
                        "A shard leaves its home after a stop, or a verdict and its wait; a timeout only escalates.",
                        Trials.HANGING_OWNER,
                        new Guards() {
                            @Override
                            public boolean hasLeft(boolean stoppedOrGone, boolean late) {
                                return stoppedOrGone || late;
                            }
                        }),
                Mutant.of(
                        6,
                        "GOODBYE_BEFORE_SILENCE",
                        "A goodbye gives up the right at once; it comes when nothing is hosted any more.",
                        Trials.ROLLING_RESTART,
                        new Guards() {
                            @Override
                            public boolean maySayGoodbye(boolean hostsNothing, BooleanSupplier expectedByTheMap) {
                                return true;
                            }
                        }));
    }

    private static List<Mutant> servingTooLong() {
        return List.of(
                Mutant.of(
                        7,
                        "WALL_CLOCK_ENDS_THE_WAIT",
                        "The wait for another's right to end is over when both own clocks say so.",
                        Trials.UNREACHED_OWNER,
                        new Guards() {
                            @Override
                            public boolean mayPlaceAgain(Wait wait, Moment now) {
                                return now.wallMillis() > wait.end().wallMillis();
                            }
                        }),
                Mutant.of(
                        8,
                        "NO_WAIT_AFTER_VERDICT",
                        "What a removed member hosted is placed again after consent time and margin.",
                        Trials.UNREACHED_OWNER,
                        new Guards() {
                            @Override
                            public boolean mayPlaceAgain(Wait wait, Moment now) {
                                return true;
                            }
                        }),
                Mutant.of(
                        8,
                        "NO_WAIT_AFTER_FOUNDING",
                        "A new coordinator places nothing before every right of an older cluster has ended.",
                        Trials.FOUNDED_AGAIN,
                        new Guards() {
                            @Override
                            public boolean mayPlaceFirst(Wait sinceActive, Moment now) {
                                return true;
                            }
                        }),
                Mutant.of(
                        8,
                        "CONSENT_DESPITE_VERDICT",
                        "A seat that has accepted a verdict consents to that member no more.",
                        Trials.UNINFORMED_OWNER,
                        new Guards() {
                            @Override
                            public boolean mayConsent(MemberStatus accepted) {
                                return true;
                            }
                        }));
    }

    private static List<Mutant> countingTooFew() {
        return List.of(
                Mutant.of(
                        9,
                        "ONE_SEAT_IS_A_QUORUM",
                        "A quorum is more than half of all seats; dead and empty ones count as no.",
                        Trials.SEARCH,
                        new Guards() {
                            @Override
                            public int quorum(MapValue.Seats seats) {
                                return 1;
                            }
                        }),
                Mutant.of(
                        9,
                        "THE_SILENT_DO_NOT_COUNT",
                        "A quorum is more than half of all seats, not of those that answer.",
                        Trials.CUT_OFF,
                        new Guards() {
                            @Override
                            public int quorum(MapValue.Seats seats, long heard) {
                                return (int) heard / 2 + 1;
                            }
                        }),
                Mutant.of(
                        10,
                        "ONE_SEAT_IS_READ",
                        "A new coordinator reads the map from a quorum of seats that have promised.",
                        Trials.ROLLING_RESTART,
                        new Guards() {
                            @Override
                            public int promiseQuorum(MapValue.Seats seats) {
                                return 1;
                            }
                        }),
                Mutant.of(
                        10,
                        "IGNORES_NEWER_SEATS",
                        "A candidate goes by the latest seats that a promise tells of.",
                        Trials.UNAWARE_CANDIDATE,
                        new Guards() {
                            @Override
                            public boolean followsNewerSeats() {
                                return false;
                            }
                        }),
                Mutant.of(
                        12,
                        "ANY_CLAIM_IS_TRUE",
                        "A region's claim counts only for the node and the epoch that the map has.",
                        Trials.REGISTERED_OWNER,
                        new Guards() {
                            @Override
                            public boolean isClaim(boolean sameNode, Epoch written, Epoch claimed) {
                                return true;
                            }
                        }));
    }

    private static List<Mutant> sayingOnce() {
        return List.of(
                Mutant.of(
                        13,
                        "DIRECTIVES_SAID_ONCE",
                        "A directive is repeated until the region answers for exactly that epoch.",
                        Trials.LOST_ORDERS,
                        new Guards() {
                            @Override
                            public boolean repeatsDirectives() {
                                return false;
                            }
                        }),
                Mutant.of(
                        15,
                        "STOPS_SAID_ONCE",
                        "That a shard has stopped is repeated until a coordinator of any term acknowledges it.",
                        Trials.LOST_STOPS,
                        new Guards() {
                            @Override
                            public boolean repeatsStops() {
                                return false;
                            }
                        }),
                Mutant.of(
                        16,
                        "ONE_MISSED_ANSWER_RESIGNS",
                        "A coordinator resigns after the detection time without a quorum, not at the first missed answer.",
                        Trials.SHORT_ISOLATION,
                        new Guards() {
                            @Override
                            public boolean mustResign(long unableNanos, long detectionNanos) {
                                return unableNanos > 0;
                            }
                        }));
    }

    private static List<Mutant> waitingForEver() {
        return List.of(
                Mutant.of(
                        17,
                        "THE_DEAD_LEAD_ON",
                        "A seat promises to a successor once the coordinator was silent for the detection time.",
                        Trials.DEAD_COORDINATOR,
                        new Guards() {
                            @Override
                            public boolean isInContact(long silentNanos, long detectionNanos) {
                                return silentNanos < TWO_MINUTES;
                            }
                        }),
                new Mutant(
                        17,
                        "A_LEASE_OF_TWO_MINUTES",
                        "A lease that a crash left behind is waited for no longer than the bound of a takeover says.",
                        Trials.DEAD_HOLDER,
                        Guards.STRICT,
                        spec -> spec.lease()
                                .times(
                                        Duration.ofMinutes(2),
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(6),
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(2))),
                Mutant.of(
                        18,
                        "THE_SILENT_ARE_NOT_PROBED",
                        "Seats are probed for ever, however long they have been silent.",
                        Trials.SHORT_PARTITION,
                        new Guards() {
                            @Override
                            public boolean mayProbe(long silentNanos) {
                                return silentNanos < TWO_SECONDS;
                            }
                        }),
                Mutant.of(
                        19,
                        "ALL_MUST_PARK",
                        "A region that does not acknowledge a handoff is not waited for.",
                        Trials.MUTE_REGION,
                        new Guards() {
                            @Override
                            public boolean mayBeginMove(boolean allPark, boolean waitedEnough) {
                                return allPark;
                            }
                        }));
    }

    private static List<Mutant> placingBadly() {
        return List.of(
                Mutant.of(
                        20,
                        "UNKNOWN_IS_DEAD",
                        "A takeover re-allocates nothing that has a home, registered or not.",
                        Trials.UNREGISTERED_REGION,
                        new Guards() {
                            @Override
                            public boolean isHomeless(boolean hasHome, boolean homeRegistered) {
                                return !homeRegistered;
                            }
                        }),
                Mutant.of(
                        21,
                        "LEAVERS_ARE_GIVEN_SHARDS",
                        "Shards go only to members that stay.",
                        Trials.TWO_LEAVE,
                        new Guards() {
                            @Override
                            public boolean mayBeGiven(MemberStatus status) {
                                return status.mayServe();
                            }
                        }));
    }

    private static List<Mutant> losing() {
        return List.of(
                Mutant.of(
                        24,
                        "WHAT_IS_NOT_HOSTED_IS_DROPPED",
                        "A message for a shard that is not here goes back to the region that sent it.",
                        Trials.MOVES_UNDER_LOAD,
                        new Guards() {
                            @Override
                            public boolean mustReturn(boolean taken) {
                                return false;
                            }
                        }),
                Mutant.of(
                        24,
                        "RETURNED_MESSAGES_GO_LAST",
                        "A message that came back is parked before those that were sent later.",
                        Trials.MOVES_UNDER_LOAD,
                        new Guards() {
                            @Override
                            public long parkedPlace(long sequence) {
                                return Long.MAX_VALUE;
                            }
                        }),
                new Mutant(
                        27,
                        "NEVER_SETTLES",
                        "Shards move only if that evens out their numbers: a difference of one is left alone.",
                        Trials.CALM,
                        Guards.STRICT,
                        spec -> spec.settings(builder -> builder.allocation(new NeverSettles()))));
    }

    private static List<Mutant> lettingIn() {
        return List.of(
                Mutant.of(
                        30,
                        "PARKED_WITHOUT_A_BOUND",
                        "What is parked for a shard has a limit; what is refused there is reported.",
                        Trials.NO_QUORUM,
                        new Guards() {
                            @Override
                            public boolean mayPark(int parked, int capacity) {
                                return true;
                            }
                        }),
                Mutant.of(
                        33,
                        "ANY_NUMBER_OF_SHARDS",
                        "A node that divides a type into another number of shards is refused.",
                        Trials.OTHER_SHARDS,
                        new Guards() {
                            @Override
                            public boolean sameShards(int known, int declared) {
                                return true;
                            }
                        }));
    }

    /** Moves a shard from a member that has most to one that has fewest, even if they only change places. */
    private static final class NeverSettles implements AllocationStrategy {
        @Override
        public NodeId allocate(String type, int shard, List<Member> candidates, ShardMap map) {
            return candidates.get(shard % candidates.size()).id();
        }

        @Override
        public List<Move> rebalance(String type, ShardMap map, int atMost) {
            List<NodeId> bySize = map.candidates(type).stream()
                    .map(Member::id)
                    .sorted(Comparator.comparingInt(id -> map.shardsAt(type, id).size()))
                    .toList();
            NodeId fewest = bySize.get(0);
            NodeId most = bySize.get(bySize.size() - 1);
            boolean even = map.shardsAt(type, most).size()
                    == map.shardsAt(type, fewest).size();
            return even ? List.of() : List.of(new Move(map.shardsAt(type, most).first(), most, fewest));
        }
    }
}
