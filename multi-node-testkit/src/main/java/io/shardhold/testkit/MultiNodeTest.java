package io.shardhold.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit test of a cluster: its method takes a {@link MultiNodeSpec}, and is run once per seed on nodes n1, n2 and so on.
 *
 * <pre>{@code
 * @MultiNodeTest(nodes = 3, seeds = 50)
 * void survivesTheLossOfANode(MultiNodeSpec spec) {
 *   spec.node("n2").crash();
 *   spec.runFor(Duration.ofSeconds(30));
 *   spec.node("n2").restart();
 *   spec.awaitConverged(Duration.ofSeconds(60));
 * }
 * }</pre>
 *
 * <p>The first seed and every fiftieth is run once more, to see that it repeats. System properties: {@code shardhold.seed}
 * replaces the seeds by one, {@code shardhold.seeds} their number, {@code shardhold.rung} the rung.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(MultiNodeExtension.class)
public @interface MultiNodeTest {
    /** How many nodes there are, from 1. */
    int nodes() default 3;

    /** Names of the nodes, instead of their number. */
    String[] names() default {};

    /** How many of the nodes, the first ones, are seed nodes: 1, 3, 5 or 7; usually three, or one of fewer than three. */
    int seedNodes() default 0;

    /** How many seeds are tried, from 1. On a rung of real time it is one. */
    int seeds() default 20;

    /** Seeds that are tried before the others: those that have failed once. */
    long[] kept() default {};

    /** The rung: "simulated" or "loopback". */
    String rung() default "simulated";
}
