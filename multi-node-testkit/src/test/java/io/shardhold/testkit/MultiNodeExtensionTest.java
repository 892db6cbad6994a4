package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What JUnit shows of a multi-node test. */
final class MultiNodeExtensionTest {
    private static final List<Long> SEEN = new ArrayList<>();

    /** Run by the test kit of JUnit only. */
    static final class Samples {
        private int runsOfThisInstance;

        @MultiNodeTest(nodes = 3, seeds = 3, kept = 77)
        void passes(MultiNodeSpec spec) {
            assertThat(++runsOfThisInstance).isEqualTo(1);
            SEEN.add(spec.seed());
            spec.runFor(Duration.ofSeconds(1));
        }

        @MultiNodeTest(nodes = 3, seeds = 2)
        void failsOnItsSecondSeed(MultiNodeSpec spec) {
            spec.start();
            assertThat(spec.seed()).as("the bug").isEqualTo(1);
        }

        @MultiNodeTest(nodes = 3, seeds = 1)
        void doesNotRepeat(MultiNodeSpec spec) {
            spec.start();
            SEEN.add(spec.seed());
            spec.note("run " + SEEN.size());
        }

        @MultiNodeTest(nodes = 3, seeds = 1)
        void isSkipped(MultiNodeSpec spec) {
            Assumptions.assumeTrue(spec.seed() > 1, "not today");
        }

        @MultiNodeTest(nodes = 3, seeds = 100_001)
        void hasTooManySeeds(MultiNodeSpec spec) {
            spec.start();
        }

        @MultiNodeTest(nodes = 3, seeds = 0)
        void hasNoSeeds(MultiNodeSpec spec) {
            spec.start();
        }

        @MultiNodeTest(
                names = {"ada", "bob"},
                rung = "simulated",
                seeds = 1)
        void namesItsNodes(MultiNodeSpec spec) {
            spec.start();
            assertThat(spec.nodes()).extracting(TestNode::name).containsExactly("ada", "bob");
        }
    }

    private static Events run(String method) {
        SEEN.clear();
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Samples.class, method, MultiNodeSpec.class))
                .execute()
                .testEvents();
    }

    private static String failure(Events events) {
        return String.valueOf(events.failed()
                .list()
                .get(0)
                .getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow()
                .getMessage());
    }

    @Test
    void eachSeedIsATestOfItsOwnKeptOnesFirstAndTheFirstTwice() {
        Events events = run("passes");
        assertThat(events.failed().list()).isEmpty();
        assertThat(SEEN).containsExactly(77L, 77L, 1L, 2L, 3L);
        assertThat(events.succeeded().list())
                .extracting(event -> event.getTestDescriptor().getDisplayName())
                .containsExactly("seed 77", "seed 77, once more", "seed 1", "seed 2", "seed 3");
    }

    @Test
    void failureNamesItsSeedAndTheCommandThatReplaysIt() {
        Events events = run("failsOnItsSecondSeed");
        assertThat(events.failed().list()).hasSize(1);
        assertThat(failure(events))
                .contains("the bug")
                .contains("seed 2")
                .containsPattern(
                        "mvn .*test -Dtest='MultiNodeExtensionTest\\$Samples#failsOnItsSecondSeed' -Dshardhold.seed=2")
                .contains("what led there:");
    }

    @Test
    void seedOfThePropertyIsTheOnlyOne() {
        with(ReplayCommand.SEED, "5", () -> run("passes"));
        assertThat(SEEN).containsExactly(5L, 5L);
    }

    @Test
    void testThatDoesNotRepeatFailsByItsFirstEventThatDiffers() {
        Events events = run("doesNotRepeat");
        assertThat(events.succeeded().list()).hasSize(1);
        assertThat(failure(events))
                .contains("two runs of one seed differ from event")
                .contains("run 1");
    }

    @Test
    void skippedTestIsSkipped() {
        Events events = run("isSkipped");
        assertThat(events.failed().list()).isEmpty();
        assertThat(events.aborted().list()).hasSize(2);
    }

    @Test
    void namesOfNodesAreChosenAndSoIsTheirNumberOfSeedNodes() {
        assertThat(run("namesItsNodes").succeeded().list()).hasSize(2);
    }

    private static void refused(String method, String message) {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Samples.class, method, MultiNodeSpec.class))
                .execute()
                .containerEvents()
                .failed()
                .assertThatEvents()
                .hasSize(1)
                .allSatisfy(event -> assertThat(event.getRequiredPayload(TestExecutionResult.class)
                                .getThrowable()
                                .orElseThrow())
                        .hasMessageContaining(message));
    }

    private static void with(String property, String value, Runnable action) {
        String before = System.getProperty(property);
        System.setProperty(property, value);
        try {
            action.run();
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    @Test
    void noSeedsAndTooManyAreRefused() {
        refused("hasNoSeeds", "seeds must be at least 1, was 0");
        refused("hasTooManySeeds", "seeds must be at most 100000 for one test method, was 100001");
    }

    @Test
    void propertyThatIsNoNumberIsRefusedByNameAndValue() {
        with(ReplayCommand.SEED, "abc", () -> {
            refused("passes", "-Dshardhold.seed takes a whole number, was 'abc'");
            assertThatThrownBy(() -> MultiNodeRun.nodes(3).run(spec -> {})).hasMessageContaining("was 'abc'");
        });
        with(
                ReplayCommand.SEEDS,
                "many",
                () -> refused("passes", "-Dshardhold.seeds takes a whole number, was 'many'"));
    }
}
