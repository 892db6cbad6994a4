package io.shardhold.allocation;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Gives a shard to the member that hosts the fewest of its type for its weight. Rebalances only while one move makes the
 * spread better: members whose numbers differ by one are left alone, so it settles.
 */
public final class LeastShards implements AllocationStrategy {
    private static final int ORDINARY_WEIGHT = 100;

    /** The strategy; it has no state. */
    public LeastShards() {}

    @Override
    public NodeId allocate(String type, int shard, List<Member> candidates, ShardMap map) {
        Member best = null;
        long bestLoad = 0;
        for (Member member : candidates) {
            long load = load(map.shardsAt(type, member.id()).size(), member);
            if (best == null || load < bestLoad || (load == bestLoad && isEmptier(member, best, map))) {
                best = member;
                bestLoad = load;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("no candidates for " + type + "/" + shard);
        }
        return best.id();
    }

    /** Whether a member hosts fewer shards of all types than another, or is older than it. */
    private static boolean isEmptier(Member member, Member than, ShardMap map) {
        int order = Integer.compare(map.total(member.id()), map.total(than.id()));
        return order < 0 || (order == 0 && member.age() < than.age());
    }

    @Override
    public List<Move> rebalance(String type, ShardMap map, int atMost) {
        List<Member> candidates = map.candidates(type);
        if (isEven(type, candidates, map)) {
            return new ArrayList<>();
        }
        Map<NodeId, SortedSet<Integer>> spread = new TreeMap<>();
        for (Member member : candidates) {
            spread.put(member.id(), new TreeSet<>(map.shardsAt(type, member.id())));
        }
        List<Move> moves = new ArrayList<>();
        while (candidates.size() > 1 && moves.size() < atMost) {
            Comparator<Member> byLoad = Comparator.comparingLong(
                            (Member m) -> load(at(spread, m).size(), m))
                    .thenComparing(Comparator.comparingLong(Member::age).reversed());
            Member most = candidates.stream().max(byLoad).orElseThrow();
            Member least = candidates.stream().min(byLoad).orElseThrow();
            if (load(at(spread, least).size() + 1, least)
                    >= load(at(spread, most).size(), most)) {
                break;
            }
            int shard = at(spread, most).last();
            at(spread, most).remove(shard);
            at(spread, least).add(shard);
            moves.add(new Move(shard, most.id(), least.id()));
        }
        return moves;
    }

    /** Whether no move makes the spread better; found out without a copy of it, because it is so as a rule. */
    private static boolean isEven(String type, List<Member> candidates, ShardMap map) {
        long most = Long.MIN_VALUE;
        long least = Long.MAX_VALUE;
        for (Member member : candidates) {
            int shards = map.shardsAt(type, member.id()).size();
            most = Math.max(most, load(shards, member));
            least = Math.min(least, load(shards + 1, member));
        }
        return least >= most;
    }

    private static SortedSet<Integer> at(Map<NodeId, SortedSet<Integer>> spread, Member member) {
        return spread.computeIfAbsent(member.id(), id -> new TreeSet<>());
    }

    /** Shards per ordinary weight, scaled so that integers compare. */
    private static long load(int shards, Member member) {
        return (long) shards * ORDINARY_WEIGHT * ORDINARY_WEIGHT / member.weight();
    }
}
