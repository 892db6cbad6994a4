package io.shardhold.testkit;

/** What grows is looked at now and then, because counting it costs as much as it has grown. */
final class Bounds implements Check {
    private static final int EVERY = 4_096;

    private final MultiNodeSpec spec;
    private int events;

    Bounds(MultiNodeSpec spec) {
        this.spec = spec;
    }

    @Override
    public void afterEvent(TestNode node) {
        if (++events % EVERY == 0 && node.isRunning()) {
            check(
                    node,
                    "parked messages",
                    node.parked(),
                    (long) node.limits().parkedPerShard() * node.declaredShards());
            check(node, "entities", node.entities(), node.limits().entities());
        }
    }

    private void check(TestNode node, String what, long found, long limit) {
        if (found > limit) {
            spec.violated(
                    Invariants.EVERYTHING_BOUNDED.name(),
                    node + " has " + found + " " + what + ", the limit is " + limit);
        }
    }

    @Override
    public void atRest() {
        for (TestNode node : spec.nodes()) {
            if (node.isRunning() && node.parked() > 0) {
                spec.violated(
                        Invariants.EVERYTHING_BOUNDED.name(),
                        node + " still parks " + node.parked() + " messages although nothing is wrong");
            }
        }
    }
}
