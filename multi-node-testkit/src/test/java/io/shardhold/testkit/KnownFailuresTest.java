package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.kernel.Guards;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests of the tests: with a guard taken out, a promise is seen to break, as often as the page about known failures
 * says. {@code -Dmutants.seeds=500} tries more seeds than the page tells of, and prints what came of it.
 */
final class KnownFailuresTest {
    private static final int SEEDS = 20;
    private static final int TRIED = Integer.getInteger("mutants.seeds", SEEDS);
    private static final int FAILURES = 34;

    private static final Map<String, CompletableFuture<Map<String, Integer>>> RUNS = new LinkedHashMap<>();
    private static final ExecutorService TWO_THREADS = Executors.newFixedThreadPool(2);

    static List<Mutant> mutants() {
        return Mutants.all();
    }

    static List<Trial> trials() {
        return mutants().stream().map(Mutant::trial).distinct().toList();
    }

    /** Runs share nothing, so they go side by side; each is one thread's. */
    @BeforeAll
    static void beginAllRuns() {
        for (Mutant mutant : mutants()) {
            begin(mutant.name(), mutant::run);
        }
        for (Trial trial : trials()) {
            begin(trial.title(), seed -> trial.run(seed, Guards.STRICT, spec -> {}));
        }
    }

    @AfterAll
    static void end() {
        TWO_THREADS.shutdownNow();
    }

    private static void begin(String name, LongFunction<String> run) {
        RUNS.put(
                name,
                CompletableFuture.supplyAsync(
                        () -> {
                            Map<String, Integer> caught = new TreeMap<>();
                            for (long seed = 1; seed <= TRIED; seed++) {
                                String by = run.apply(seed);
                                if (!by.isEmpty()) {
                                    caught.merge(by, 1, Integer::sum);
                                }
                            }
                            return caught;
                        },
                        TWO_THREADS));
    }

    private static Map<String, Integer> caught(String name) {
        return Objects.requireNonNull(RUNS.get(name)).join();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void eachMutantIsCaughtAsOftenAsThePageSays(Mutant mutant) throws IOException {
        Map<String, Integer> caught = caught(mutant.name());
        assertThat(caught)
                .as("what caught %s; if nothing does, the kit has a hole, or the guard is not needed", mutant)
                .isNotEmpty();
        String row = KnownFailuresPage.row(mutant, caught, TRIED);
        if (TRIED == SEEDS) {
            assertThat(KnownFailuresPage.read().rows())
                    .as("docs/known-failures.md has to have this row:%n%s%n", row)
                    .contains(row);
        } else {
            System.out.println(row);
        }
    }

    @ParameterizedTest
    @MethodSource("trials")
    void theSameSeedsPassWithAllGuards(Trial trial) {
        assertThat(caught(trial.title()))
                .as("what caught the library itself in %s", trial.title())
                .isEmpty();
    }

    @Test
    void thePageHasNoOtherRowsAndNamesEachFailure() throws IOException {
        KnownFailuresPage page = KnownFailuresPage.read();
        assertThat(page.rows()).hasSize(mutants().size());
        Set<Integer> withMutant =
                mutants().stream().map(Mutant::failure).collect(Collectors.toCollection(TreeSet::new));
        assertThat(page.numbersOfRows()).isEqualTo(withMutant);
        assertThat(page.numbersToCome()).doesNotContainAnyElementsOf(withMutant);
        Set<Integer> all = new TreeSet<>(withMutant);
        all.addAll(page.numbersToCome());
        assertThat(all)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, FAILURES).boxed().toList());
    }
}
