package io.shardhold.examples.ledger;

import java.util.List;

/** Shows a run while it goes on. For one thread. */
interface Display {
    /** One node or the router at one moment. */
    record Member(String name, int port, Fleet.State state, int shards) {}

    /** The whole run at one moment. */
    record Snapshot(
            double seconds,
            long acknowledged,
            long total,
            long perSecond,
            Report.Progress progress,
            List<Member> nodes) {
        public Snapshot {
            nodes = List.copyOf(nodes);
        }
    }

    /** Draws the moment, as often as it likes. */
    void show(Snapshot snapshot);

    /** Tells something that stays. */
    void event(double seconds, String text);

    static Display forStandardOutput(boolean terminal) {
        return terminal ? new TerminalDisplay(System.out) : new LogDisplay(System.out);
    }
}
