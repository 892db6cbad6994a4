package io.shardhold.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.SeededChance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LeastShardsTest {
    private static final int MEMBERS = 7;
    private static final int SHARDS = 40;
    private final LeastShards strategy = new LeastShards();

    /** A map that does at once what it is told. */
    private static final class Board implements ShardMap {
        private final List<Member> members = new ArrayList<>();
        private final Map<String, Map<NodeId, SortedSet<Integer>>> spread = new TreeMap<>();

        void member(int number, int weight) {
            NodeId id = Samples.node("n" + number);
            Member hosting = Samples.member(id, number);
            members.add(
                    new Member(id, hosting.roles(), "", weight, "1", hosting.hosts(), MemberStatus.UP, hosting.age()));
        }

        SortedSet<Integer> at(String type, NodeId node) {
            return spread.computeIfAbsent(type, t -> new TreeMap<>()).computeIfAbsent(node, n -> new TreeSet<>());
        }

        void apply(String type, AllocationStrategy.Move move) {
            assertThat(at(type, move.from()).remove(move.shard()))
                    .as("%s is there", move)
                    .isTrue();
            assertThat(at(type, move.to()).add(move.shard())).isTrue();
        }

        List<Integer> sizes(String type) {
            return members.stream().map(m -> at(type, m.id()).size()).toList();
        }

        @Override
        public List<Member> candidates(String type) {
            return members;
        }

        @Override
        public SortedSet<Integer> shardsAt(String type, NodeId node) {
            return at(type, node);
        }

        @Override
        public int total(NodeId node) {
            return spread.values().stream()
                    .mapToInt(nodes -> nodes.getOrDefault(node, new TreeSet<>()).size())
                    .sum();
        }
    }

    /** Everybody's shards at random places. */
    private static Board board(SeededChance chance, int members, int shards, boolean weighted) {
        Board board = new Board();
        for (int i = 1; i <= members; i++) {
            board.member(i, weighted ? 1 + chance.below(300) : 100);
        }
        for (int shard = 0; shard < shards; shard++) {
            board.at("cart", board.members.get(chance.below(members)).id()).add(shard);
        }
        return board;
    }

    private void settle(Board board, int atMost, String what) {
        int rounds = 0;
        List<AllocationStrategy.Move> moves = strategy.rebalance("cart", board, atMost);
        while (!moves.isEmpty()) {
            assertThat(moves).as(what).hasSizeLessThanOrEqualTo(atMost);
            moves.forEach(move -> board.apply("cart", move));
            assertThat(++rounds).as("rounds, %s", what).isLessThanOrEqualTo(SHARDS + 1);
            moves = strategy.rebalance("cart", board, atMost);
        }
    }

    @Test
    void anySpreadSettlesWithNumbersThatDifferByOneAtMost() {
        for (int members = 1; members <= MEMBERS; members++) {
            for (int shards = 1; shards <= SHARDS; shards++) {
                long seed = members * 1_000L + shards;
                Board board = board(new SeededChance(seed), members, shards, false);
                settle(board, 1 + shards % 5, "seed " + seed);
                List<Integer> sizes = board.sizes("cart");
                assertThat(Collections.max(sizes) - Collections.min(sizes))
                        .as("seed %s: %s", seed, sizes)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void anySpreadOverMembersOfAnyWeightSettles() {
        for (int members = 1; members <= MEMBERS; members++) {
            for (int shards = 1; shards <= SHARDS; shards++) {
                long seed = 50_000 + members * 1_000L + shards;
                Board board = board(new SeededChance(seed), members, shards, true);
                settle(board, 100, "seed " + seed);
                assertThat(board.sizes("cart").stream().mapToInt(n -> n).sum()).isEqualTo(shards);
            }
        }
    }

    @Test
    void memberOfTwiceTheWeightIsGivenTwiceAsMany() {
        Board board = new Board();
        board.member(1, 100);
        board.member(2, 200);
        for (int shard = 0; shard < 30; shard++) {
            board.at("cart", Samples.node("n1")).add(shard);
        }
        settle(board, 100, "weights");
        assertThat(board.sizes("cart")).containsExactly(10, 20);
    }

    @Test
    void evenSpreadIsNeverMoved() {
        for (int members = 1; members <= MEMBERS; members++) {
            for (int shards = 1; shards <= SHARDS; shards++) {
                Board board = new Board();
                for (int i = 1; i <= members; i++) {
                    board.member(i, 100);
                }
                int begin = new SeededChance(shards).below(members);
                for (int shard = 0; shard < shards; shard++) {
                    int turn = (begin + shard) % members;
                    board.at("cart", board.members.get(turn).id()).add(shard);
                }
                assertThat(strategy.rebalance("cart", board, 100))
                        .as("%s members, %s shards", members, shards)
                        .isEmpty();
            }
        }
    }

    @Test
    void allocatingOneByOneGivesAnEvenSpread() {
        for (int members = 1; members <= MEMBERS; members++) {
            Board board = new Board();
            for (int i = 1; i <= members; i++) {
                board.member(i, 100);
            }
            for (int shard = 0; shard < SHARDS; shard++) {
                NodeId home = strategy.allocate("cart", shard, board.members, board);
                board.at("cart", home).add(shard);
                List<Integer> sizes = board.sizes("cart");
                assertThat(Collections.max(sizes) - Collections.min(sizes)).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void spreadIsLookedAtByTypeAndTheTotalBreaksTies() {
        Board board = new Board();
        board.member(1, 100);
        board.member(2, 100);
        for (int shard = 0; shard < 10; shard++) {
            board.at("ledger", Samples.node("n1")).add(shard);
        }
        board.at("cart", Samples.node("n2")).add(0);
        assertThat(strategy.allocate("cart", 1, board.members, board))
                .as("n1 has none of this type, however many of the other")
                .isEqualTo(Samples.node("n1"));
        board.at("cart", Samples.node("n1")).add(1);
        assertThat(strategy.allocate("cart", 2, board.members, board))
                .as("equal in this type, so the total counts")
                .isEqualTo(Samples.node("n2"));
        assertThat(strategy.rebalance("cart", board, 100)).isEmpty();
        assertThat(strategy.rebalance("ledger", board, 100)).hasSize(5);
    }

    @Test
    void sameMapGivesTheSameAnswerAndTheOldestMemberAmongEquals() {
        Board board = board(new SeededChance(3), 5, 33, false);
        assertThat(strategy.rebalance("cart", board, 100)).isEqualTo(strategy.rebalance("cart", board, 100));
        assertThat(strategy.allocate("other", 0, List.of(board.members.get(2), board.members.get(1)), new Board()))
                .isEqualTo(Samples.node("n2"));
    }

    @Test
    void noMoreMovesThanAskedFor() {
        Board board = new Board();
        board.member(1, 100);
        board.member(2, 100);
        for (int shard = 0; shard < 40; shard++) {
            board.at("cart", Samples.node("n1")).add(shard);
        }
        assertThat(strategy.rebalance("cart", board, 3)).hasSize(3);
        assertThat(strategy.rebalance("cart", board, 0)).isEmpty();
    }

    @Test
    void nobodyToGiveAShardToIsTheCallersMistake() {
        assertThatThrownBy(() -> strategy.allocate("cart", 3, List.of(), new Board()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cart/3");
    }
}
