package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The matrix of splits, over real sockets. In each cell, nine leases: each member holds one whose record is kept
 * first by each member; so holder and record are alone or not, together or not. Then all members want all leases, the
 * cluster is split, members are added, and it is healed. At no moment two believe.
 */
class SplitTest {
    private static final List<String> MEMBERS = List.of("n1", "n2", "n3");

    /** Who sees whom, and who is added where. */
    record Cell(String name, List<List<String>> sides, List<String> added) {
        /** The members that are a majority of the voters; none may be. */
        List<String> deciding() {
            return sides.stream()
                    .filter(side -> side.stream().filter(MEMBERS::contains).count() >= 2)
                    .findFirst()
                    .orElse(List.of());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Cell> cells() {
        return Stream.of(
                new Cell("the oldest alone", List.of(List.of("n1"), List.of("n2", "n3")), List.of()),
                new Cell("the youngest alone", List.of(List.of("n1", "n2"), List.of("n3")), List.of()),
                new Cell("each alone", List.of(List.of("n1"), List.of("n2"), List.of("n3")), List.of()),
                // The side without the majority becomes the larger one, so that the other has to join it.
                new Cell(
                        "added to the smaller side",
                        List.of(List.of("n1", "d", "e"), List.of("n2", "n3")),
                        List.of("d", "e")),
                new Cell("added to the larger side", List.of(List.of("n1"), List.of("n2", "n3", "d")), List.of("d")));
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("cells")
    void atMostOneBelievesFromBeforeTheSplitToAfterTheMerge(Cell cell) {
        try (TestCluster cluster = TestCluster.start();
                Contests contests = new Contests()) {
            for (String holder : MEMBERS) {
                for (String owner : MEMBERS) {
                    String name = cluster.nameOwnedBy(owner, holder + "-holds-at-" + owner);
                    contests.onMembers(cluster, name, Contests.SHORT_TTL, holder);
                }
            }
            contests.awaitHolders();
            contests.allWant();
            Map<Contest, Long> before = tokens(contests);

            split(cluster, cell);
            awaitDetected(cluster, cell);
            for (String place : cell.added()) {
                cluster.startMember(place);
                contests.all().forEach(contest -> Contests.addMember(contest, cluster, place));
            }
            contests.allWant();
            if (cell.deciding().isEmpty()) {
                awaitNobody(contests);
            } else {
                contests.all().forEach(contest -> awaitHolderIn(contest, cell.deciding()));
            }
            contests.assertAtMostOneEverBelieved();

            cluster.heal();
            cluster.awaitSize(
                    MEMBERS.size() + cell.added().size(), cluster.places().toArray(String[]::new));
            contests.awaitSteady();
            contests.assertAtMostOneEverBelieved();
            before.forEach((contest, token) ->
                    assertThat(contest.highestToken()).as("%s", contest).isGreaterThanOrEqualTo(token));
        }
    }

    private static Map<Contest, Long> tokens(Contests contests) {
        Map<Contest, Long> tokens = new LinkedHashMap<>();
        contests.all().forEach(contest -> tokens.put(contest, contest.highestToken()));
        return tokens;
    }

    static void split(TestCluster cluster, Cell cell) {
        for (List<String> one : cell.sides()) {
            for (List<String> other : cell.sides()) {
                if (one != other) {
                    cluster.split(one, other);
                }
            }
        }
    }

    static void awaitDetected(TestCluster cluster, Cell cell) {
        for (List<String> side : cell.sides()) {
            List<String> old = side.stream().filter(MEMBERS::contains).toList();
            cluster.awaitSize(old.size(), old.toArray(String[]::new));
        }
    }

    /** No grant survives, and none is made. */
    private static void awaitNobody(Contests contests) {
        await().atMost(TestCluster.LIMIT)
                .during(Contests.SHORT_TTL.multipliedBy(2))
                .until(() -> contests.all().stream()
                        .allMatch(contest -> contest.holder().isEmpty()));
    }

    private static void awaitHolderIn(Contest contest, List<String> side) {
        await(contest.name())
                .atMost(TestCluster.LIMIT)
                .until(() -> contest.holder().filter(side::contains).isPresent());
    }
}
