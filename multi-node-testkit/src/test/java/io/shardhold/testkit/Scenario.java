package io.shardhold.testkit;

/**
 * One test body for every rung.
 *
 * @param name what holds, as a sentence
 */
record Scenario(String name, int nodes, int seedNodes, MultiNodeRun.Body body) {
    /** With three seed nodes. */
    static Scenario of(String name, int nodes, MultiNodeRun.Body body) {
        return new Scenario(name, nodes, 3, body);
    }

    /** On a rung, replayed by a test of this class. */
    MultiNodeRun on(String rung, Class<?> test) {
        return MultiNodeRun.nodes(nodes)
                .seedNodes(seedNodes)
                .rung(rung)
                .replay("mvn -pl multi-node-testkit -am -Dsurefire.failIfNoSpecifiedTests=false test -Dtest="
                        + test.getSimpleName() + " -Dshardhold.seed={seed} -D" + SharedScenarios.ONLY + "='" + name
                        + "'");
    }

    @Override
    public String toString() {
        return name;
    }
}
