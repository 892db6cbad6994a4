package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import io.shardhold.entity.AskFailedException;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.fault.ProtocolStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a test can say of a cluster, and what it is told when that is wrong. */
final class MultiNodeSpecTest {
    record Ask(ReplyTo<String> replyTo) {}

    static final EntityType<Ask> CLOCKS = EntityType.of("clocks", Ask.class);

    /** Tells time and chance as an entity sees them. */
    private static EntitySpec<Ask> clocks() {
        return EntitySpec.of(
                        CLOCKS,
                        (EntityContext<Ask> context) -> message -> message.replyTo()
                                .reply(context.now() + " " + context.random().nextInt(1_000_000)))
                .shards(4);
    }

    @MultiNodeTest(nodes = 5, seeds = 20)
    void coordinatorDiesInMidHandoff(MultiNodeSpec spec) {
        spec.assertAlways(Invariants.ONE_HOME_PER_ENTITY, Invariants.ONE_ACTIVE_COORDINATOR);
        spec.keepSending(Duration.ofMillis(100));
        TestNode first = spec.coordinator();
        spec.runFor(Duration.ofSeconds(5));
        spec.crashAfterSending(first, ProtocolStep.BEGIN_HAND_OFF);
        spec.rebalance();
        spec.runFor(Duration.ofSeconds(30));
        assertThat(first.isRunning()).as("it was about to hand over").isFalse();
        spec.healAll();
        spec.awaitConverged(Duration.ofSeconds(60));
        assertThat(spec.reached().get("takeover")).isEqualTo(1);
    }

    @Test
    void violatedInvariantTellsWhatWhenTheSeedTheReplayAndTheStory() {
        Invariant nobodyDies = Invariant.ofEvents(
                "NOBODY_IS_REMOVED",
                (node, event) -> event instanceof ClusterEvent.Verdict
                        ? Optional.of(node + " removed a member")
                        : Optional.empty());
        assertThatThrownBy(() -> MultiNodeRun.nodes(3)
                        .seed(7)
                        .replay("run seed {seed}")
                        .run(spec -> {
                            spec.assertAlways(nobodyDies);
                            spec.coordinator();
                            spec.node("n3").crash();
                            spec.runFor(Duration.ofSeconds(20));
                        }))
                .isInstanceOf(MultiNodeFailure.class)
                .hasMessageStartingWith("NOBODY_IS_REMOVED: n1 removed a member\n  after ")
                .hasMessageContaining("on the rung 'simulated' with 3 nodes, seed 7")
                .hasMessageContaining("replay exactly this run with:\n    run seed 7\n")
                .hasMessageContaining("--  crash n3")
                .hasMessageContaining("Verdict[member=n3#");
    }

    @Test
    void invariantOfOnesOwnIsLookedAtAfterEveryEvent() {
        Invariant invariant = Invariant.of(
                "NEVER_FIVE_SHARDS_ON_A_NODE",
                spec -> spec.nodes().stream()
                        .filter(node -> node.homes().size() > 4)
                        .map(node -> node + " hosts " + node.homes().size())
                        .findFirst());
        assertThatThrownBy(() -> MultiNodeRun.nodes(3).run(spec -> {
                    spec.assertAlways(invariant);
                    spec.keepSending(Duration.ofMillis(50));
                    spec.runFor(Duration.ofSeconds(10));
                }))
                .hasMessageContaining("NEVER_FIVE_SHARDS_ON_A_NODE: n")
                .hasMessageContaining(" hosts 5");
    }

    @Test
    void failedAssertionOfTheBodyKeepsItsTextAndGetsSeedAndReplay() {
        assertThatThrownBy(() -> MultiNodeRun.nodes(1).seed(3).run(spec -> {
                    spec.start();
                    assertThat(spec.handled()).as("tea in the cart").isEqualTo(2);
                }))
                .isInstanceOf(MultiNodeFailure.class)
                .hasMessageContaining("tea in the cart")
                .hasMessageContaining("seed 3")
                .hasMessageContaining("-Dshardhold.seed=3")
                .hasCauseInstanceOf(AssertionError.class);
    }

    @Test
    void whatDoesNotHappenInTimeIsNamed() {
        assertThatThrownBy(() -> MultiNodeRun.nodes(3).run(spec -> {
                    spec.start();
                    spec.await("pigs fly", Duration.ofSeconds(3), () -> false);
                }))
                .hasMessageContaining("did not happen within PT3S: pigs fly");
        assertThatThrownBy(() -> MultiNodeRun.nodes(3)
                        .run(spec -> spec.awaitAssert(
                                Duration.ofSeconds(3),
                                () -> assertThat(spec.elapsed()).isEqualTo(Duration.ZERO))))
                .hasMessageContaining("did not hold within PT3S");
        assertThatThrownBy(() -> MultiNodeRun.nodes(3).run(spec -> {
                    spec.start();
                    spec.isolate("n2");
                    spec.runFor(Duration.ofSeconds(5));
                    spec.awaitConverged(Duration.ofSeconds(10));
                }))
                .hasMessageContaining("n2 does not serve; cut: n1 > n2, n2 > n1, n2 > n3, n3 > n2;");
    }

    @Test
    void theFirstLineThatNeedsANodeStartsAll() {
        List<Consumer<MultiNodeSpec>> lines = List.of(
                spec -> spec.node("n1").crash(),
                spec -> spec.node("n1").stop(),
                spec -> spec.node("n1").pause(Duration.ofSeconds(1)),
                spec -> spec.node("n1").handling(Handling.HANGING),
                spec -> spec.node("n1").jumpWallClock(Duration.ofSeconds(1)),
                spec -> spec.await(
                        "a member", Duration.ofSeconds(5), () -> spec.node("n3").isServing()));
        for (Consumer<MultiNodeSpec> line : lines) {
            MultiNodeRun.nodes(3).run(spec -> {
                line.accept(spec);
                assertThat(spec.node("n3").isServing()).isTrue();
            });
        }
    }

    @Test
    void aNodeThatWasNeverStartedIsNamedWhenAnotherWasStartedAlone() {
        MultiNodeRun.nodes(3).run(spec -> {
            spec.entity(clocks());
            spec.addNode("n4").start();
            assertThatThrownBy(() -> spec.node("n1").entityRef(CLOCKS, "c"))
                    .hasMessageContaining("n1 has never been started; spec.start() starts all");
        });
    }

    @Test
    void whoWaitsForAnAnswerIsToldThatTimeStandsStill() {
        MultiNodeRun.nodes(3).run(spec -> {
            spec.entity(clocks());
            CompletableFuture<String> answer = spec.node("n1")
                    .entityRef(CLOCKS, "c")
                    .<String>ask(Ask::new, Duration.ofSeconds(10))
                    .toCompletableFuture();
            CompletableFuture<Integer> made = answer.thenApply(String::length);
            for (CompletableFuture<?> future : List.of(answer, made)) {
                assertThatThrownBy(future::join).hasMessageContaining("none comes while the test waits");
                assertThatThrownBy(future::get).hasMessageContaining("none comes while the test waits");
                assertThatThrownBy(() -> future.get(1, TimeUnit.SECONDS)).hasMessageContaining("time passes in runFor");
            }
            spec.runFor(Duration.ofSeconds(10));
            assertThat(made.join()).isEqualTo(answer.join().length());
            spec.nodes().forEach(node -> node.handling(Handling.HANGING));
            CompletableFuture<String> late = spec.node("n1")
                    .entityRef(CLOCKS, "c")
                    .<String>ask(Ask::new, Duration.ofSeconds(1))
                    .toCompletableFuture();
            spec.runFor(Duration.ofSeconds(2));
            assertThatThrownBy(late::get).hasCauseInstanceOf(AskFailedException.class);
        });
    }

    @Test
    void twoRunsOfASeedThatDifferAreToldByTheirFirstEvent() {
        int[] runs = {0};
        assertThatThrownBy(() -> MultiNodeRun.nodes(3).run(spec -> {
                    spec.start();
                    spec.runFor(Duration.ofSeconds(1));
                    spec.note("run " + ++runs[0]);
                }))
                .hasMessageContaining("two runs of one seed differ from event ")
                .hasMessageContaining("run 1\n")
                .hasMessageContaining("run 2\n")
                .hasMessageContaining("look in the test and its entities for clocks");
    }

    @Test
    void timeAndChanceOfEntitiesComeFromTheSeed() {
        List<String> answers = new ArrayList<>();
        MultiNodeRun.nodes(3).seeds(1, 2).run(spec -> {
            spec.entity(clocks());
            spec.node("n1")
                    .entityRef(CLOCKS, "c")
                    .ask(Ask::new, Duration.ofSeconds(10))
                    .thenAccept(answers::add);
            spec.runFor(Duration.ofSeconds(10));
        });
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0)).as("seed 1 again").isEqualTo(answers.get(1)).startsWith("2026-05-28T");
        assertThat(answers.get(2)).as("seed 2").isNotEqualTo(answers.get(0));
    }

    @Test
    void actionsOfARoleRunBeforeTheBarrierInAnOrderOfTheSeed() {
        TreeSet<String> orders = new TreeSet<>();
        MultiNodeRun.nodes(4).seeds(1, 20).run(spec -> {
            for (String name : List.of("n2", "n3", "n4")) {
                spec.node(name).roles("worker");
            }
            StringBuilder order = new StringBuilder();
            spec.runOn("worker", node -> order.append(node.name()));
            spec.enterBarrier("worked");
            assertThat(order).hasSize(6).doesNotContain("n1");
            orders.add(order.toString());
            assertThatThrownBy(() -> spec.runOn("manager", node -> {}))
                    .hasMessageContaining("no node has the role 'manager'");
        });
        assertThat(orders).hasSizeGreaterThan(3);
    }

    @Test
    void mistakesAreRefusedAtOnceByValueAndRemedy() {
        MultiNodeRun.nodes(3).run(spec -> {
            assertThatThrownBy(() -> spec.node("n9")).hasMessageContaining("no node 'n9', only [n1, n2, n3]");
            assertThatThrownBy(() -> spec.addNode("n1")).hasMessageContaining("there is a node 'n1' already");
            assertThatThrownBy(() -> spec.node("n1").clock(Duration.ZERO, 0.06))
                    .hasMessageContaining("may drift by -0.05 to 0.05")
                    .hasMessageContaining("0.06");
            assertThatThrownBy(() -> spec.node("n1").counters()).hasMessageContaining("n1 has not been started");
            assertThatThrownBy(() -> spec.every(Duration.ZERO, () -> {})).hasMessageContaining("more than 0, was PT0S");
            assertThatThrownBy(() -> spec.after(Duration.ofSeconds(-1), () -> {}))
                    .hasMessageContaining("0 or more, was PT-1S");
            assertThatThrownBy(() -> spec.runFor(Duration.ofSeconds(-1))).hasMessageContaining("was given PT-1S");
            spec.start();
            assertThatThrownBy(() -> spec.partition(List.of("n1", "n2"), List.of("n2", "n3")))
                    .hasMessageContaining("or on none, was [n1, n2] and [n2, n3]");
            assertThatThrownBy(() -> spec.entity(clocks())).hasMessageContaining("move this line before the first");
            assertThatThrownBy(() -> spec.node("n1").roles("late"))
                    .hasMessageContaining("the settings of n1 cannot be changed any more");
            assertThatThrownBy(() -> spec.cut("n1", "n1")).hasMessageContaining("cannot be cut off from itself");
            assertThatThrownBy(() -> spec.network(LinkRule.CLEAR.loss(1.5)))
                    .hasMessageContaining("loss is a share from 0 to 1, was 1.5");
        });
        assertThatThrownBy(() -> MultiNodeRun.nodes(4).seedNodes(2).run(spec -> {}))
                .hasMessageContaining("1, 3, 5 or 7 seed nodes")
                .hasMessageContaining("2 of 4");
        assertThatThrownBy(() -> MultiNodeRun.nodes(3).rung("cloud")).hasMessageContaining("no rung 'cloud'");
        assertThatThrownBy(() -> MultiNodeRun.nodes(3).seeds(5, 4)).hasMessageContaining("5 to 4");
    }
}
