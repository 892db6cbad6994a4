package io.shardhold.examples.ledger;

import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Collectors;

/** One line per second, for a file or a pipe. */
final class LogDisplay implements Display {
    private final PrintStream out;
    private long shownSecond = -1;

    LogDisplay(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(Snapshot now) {
        long second = (long) now.seconds();
        if (second == shownSecond) {
            return;
        }
        shownSecond = second;
        String nodes = now.nodes().stream()
                .map(node -> node.name() + " " + node.state().name().toLowerCase(Locale.ROOT) + " " + node.shards())
                .collect(Collectors.joining(", "));
        out.printf(
                Locale.ROOT,
                "%6.1f s  %d of %d deposits, %d per second; shards: %s; waiting %d ms, longest %d ms%n",
                now.seconds(),
                now.acknowledged(),
                now.total(),
                now.perSecond(),
                nodes,
                now.progress().waitingMillis(),
                now.progress().longestMillis());
    }

    @Override
    public void event(double seconds, String text) {
        out.printf(Locale.ROOT, "%6.1f s  * %s%n", seconds, text);
    }
}
