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

    MultiNodeRun on(String rung) {
        return MultiNodeRun.nodes(nodes).seedNodes(seedNodes).rung(rung);
    }

    @Override
    public String toString() {
        return name;
    }
}
