package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Something that must hold after every event of a run. Stateless; each run begins a {@link Check} of its own.
 *
 * <pre>{@code
 * Invariant fewHomes = Invariant.of("NO_NODE_HOSTS_ALL", spec -> spec.nodes().stream()
 *     .filter(node -> node.homes().size() == 16)
 *     .map(node -> node + " hosts all shards")
 *     .findFirst());
 * spec.assertAlways(fewHomes);
 * }</pre>
 */
public interface Invariant {
    /** The name that a failure shows. */
    String name();

    /** Begins to watch a run; what is wrong is told to {@link MultiNodeSpec#violated}. */
    Check begin(MultiNodeSpec spec);

    /** An invariant that looks at the cluster after every event; it says what is wrong, if something is. */
    static Invariant of(String name, Function<MultiNodeSpec, Optional<String>> wrong) {
        return new Invariant() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Check begin(MultiNodeSpec spec) {
                return new Check() {
                    @Override
                    public void afterEvent(TestNode node) {
                        wrong.apply(spec).ifPresent(text -> spec.violated(name, text));
                    }
                };
            }
        };
    }

    /** An invariant that looks at what nodes publish; it says what is wrong, if something is. */
    static Invariant ofEvents(String name, BiFunction<TestNode, ClusterEvent, Optional<String>> wrong) {
        return new Invariant() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Check begin(MultiNodeSpec spec) {
                return new Check() {
                    @Override
                    public void onEvent(TestNode node, ClusterEvent event) {
                        wrong.apply(node, event).ifPresent(text -> spec.violated(name, text));
                    }
                };
            }
        };
    }
}
