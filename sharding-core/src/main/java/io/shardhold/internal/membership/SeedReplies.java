package io.shardhold.internal.membership;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.MembershipMessage.SeekReply;
import io.shardhold.internal.protocol.MembershipMessage.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What the seeds answered lately, by seed address; bounded by the seed list. */
final class SeedReplies {
    private record Answer(NodeId from, SeekReply reply, long receivedNanos) {}

    private final List<String> seeds;
    private final long freshNanos;
    private final Map<String, Answer> answers = new TreeMap<>();
    private final Map<String, String> unreachable = new TreeMap<>();

    SeedReplies(List<String> seeds, long freshNanos) {
        this.seeds = seeds;
        this.freshNanos = freshNanos;
    }

    void record(NodeId from, SeekReply reply, long nowNanos) {
        if (seeds.contains(from.address())) {
            answers.put(from.address(), new Answer(from, reply, nowNanos));
            unreachable.remove(from.address());
        }
    }

    void recordUnreachable(String address, String why) {
        if (seeds.contains(address)) {
            unreachable.put(address, why);
        }
    }

    private List<Answer> fresh(long nowNanos) {
        List<Answer> fresh = new ArrayList<>();
        for (String seed : seeds) {
            Answer answer = answers.get(seed);
            if (answer != null && nowNanos - answer.receivedNanos < freshNanos) {
                fresh.add(answer);
            }
        }
        return fresh;
    }

    /** The coordinator of a cluster with a quorum, if a seed named one: somebody to ask for admission. */
    Optional<NodeId> coordinatorToJoin(long nowNanos) {
        return fresh(nowNanos).stream()
                .filter(a -> a.reply.standing() == Standing.MEMBER && a.reply.mayServe())
                .filter(a -> a.reply.seeds().equals(seeds))
                .flatMap(a -> a.reply.coordinator().stream())
                .findFirst();
    }

    /** A cluster other than this one that has a quorum. */
    Optional<NodeId> memberOfOtherCluster(long clusterId, long nowNanos) {
        return fresh(nowNanos).stream()
                .filter(a -> a.reply.mayServe() && a.reply.clusterId() != clusterId)
                .map(Answer::from)
                .findFirst();
    }

    /** Whether some seed still belongs to a cluster that may live. */
    boolean someBelong(long nowNanos) {
        return fresh(nowNanos).stream().anyMatch(a -> a.reply.standing() == Standing.MEMBER);
    }

    /** Seeds that would take part in a founding, this node's own address among them, in the order of the list. */
    List<String> available(String selfAddress, long nowNanos) {
        List<String> addresses = fresh(nowNanos).stream()
                .filter(a ->
                        a.reply.standing() != Standing.MEMBER && a.reply.seeds().equals(seeds))
                .map(a -> a.from.address())
                .toList();
        return seeds.stream()
                .filter(s -> s.equals(selfAddress) || addresses.contains(s))
                .toList();
    }

    /** Whether the seed at this address belongs to no cluster. */
    boolean isSeeking(String address, long nowNanos) {
        return seeking(address, nowNanos).isPresent();
    }

    /** Whether it belongs to no cluster, and reaches the lease if there is one. */
    boolean couldFound(String address, long nowNanos) {
        return seeking(address, nowNanos).filter(a -> a.reply.mayLead()).isPresent();
    }

    private Optional<Answer> seeking(String address, long nowNanos) {
        return fresh(nowNanos).stream()
                .filter(a -> a.from.address().equals(address) && a.reply.standing() == Standing.SEEKING)
                .findFirst();
    }

    /** Who answered from this address. */
    Optional<NodeId> at(String address) {
        return Optional.ofNullable(answers.get(address)).map(Answer::from);
    }

    /** The highest number that any of them named; those that seek a cluster name the time of their clocks, too. */
    long highestNumber() {
        return highestNumber(a -> true);
    }

    /** The highest number that a member named: of a term that has been. */
    long usedNumber() {
        return highestNumber(a -> a.reply.standing() != Standing.SEEKING);
    }

    private long highestNumber(Predicate<Answer> counted) {
        return answers.values().stream()
                .filter(counted)
                .mapToLong(a -> a.reply.highestNumber())
                .max()
                .orElse(0);
    }

    /** What is known of each seed, for an operator whose node finds no cluster. */
    String describe(String selfAddress, long nowNanos) {
        List<String> lines = new ArrayList<>();
        List<Answer> fresh = fresh(nowNanos);
        for (String seed : seeds) {
            if (seed.equals(selfAddress)) {
                continue;
            }
            String state = fresh.stream()
                    .filter(a -> a.from.address().equals(seed))
                    .map(SeedReplies::describe)
                    .findFirst()
                    .orElseGet(() -> unreachable.getOrDefault(seed, "does not answer"));
            lines.add(seed + ": " + state);
        }
        return String.join("; ", lines);
    }

    private static String describe(Answer answer) {
        return switch (answer.reply.standing()) {
            case SEEKING -> "belongs to no cluster either";
            case WOULD_GIVE_UP -> "has lost its cluster";
            case MEMBER ->
                answer.reply.mayServe()
                        ? "member of cluster " + Long.toHexString(answer.reply.clusterId())
                        : "member of cluster " + Long.toHexString(answer.reply.clusterId()) + " without a quorum";
        };
    }

    /** The first seed whose list differs from this node's, with that list. */
    Optional<String> differingList(long nowNanos) {
        return fresh(nowNanos).stream()
                .filter(a -> !a.reply.seeds().equals(seeds))
                .map(a -> Complaints.differingSeeds(a.from, a.reply.seeds(), seeds))
                .findFirst();
    }
}
