package io.shardhold.examples.ledger;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A panel that is drawn over itself, with the events above it. No line is longer than 79, so that none wraps. */
final class TerminalDisplay implements Display {
    private static final int WIDTH = 79;
    private static final int BAR = 32;
    private static final String CLEAR_TO_END = "\u001b[J";

    private final PrintStream out;
    private List<String> panel = List.of();

    TerminalDisplay(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(Snapshot now) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        long percent = now.total() == 0 ? 100 : now.acknowledged() * 100 / now.total();
        lines.add(String.format(
                Locale.ROOT,
                " deposits  %s %3d %%  %,d of %,d",
                bar(now.acknowledged(), now.total()),
                percent,
                now.acknowledged(),
                now.total()));
        lines.add(String.format(
                Locale.ROOT,
                " %,d per second; the gap: one has waited %.1f s, longest so far %.1f s",
                now.perSecond(),
                now.progress().waitingMillis() / 1000.0,
                now.progress().longestMillis() / 1000.0));
        int most = now.nodes().stream().mapToInt(Member::shards).sum();
        for (Member node : now.nodes()) {
            lines.add(String.format(
                    Locale.ROOT,
                    " %-8s :%d %-9s %s %3d shards",
                    node.name(),
                    node.port(),
                    node.state().name().toLowerCase(Locale.ROOT),
                    bar(node.shards(), most),
                    node.shards()));
        }
        redraw(lines);
    }

    @Override
    public void event(double seconds, String text) {
        List<String> kept = panel;
        redraw(List.of());
        out.printf(Locale.ROOT, "%6.1f s  %s%n", seconds, text);
        redraw(kept);
    }

    private static String bar(long part, long whole) {
        int filled = whole == 0 ? 0 : (int) (part * BAR / whole);
        return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
    }

    private void redraw(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (!panel.isEmpty()) {
            text.append("\u001b[").append(panel.size()).append('A').append('\r');
        }
        text.append(CLEAR_TO_END);
        for (String line : lines) {
            text.append(line.length() > WIDTH ? line.substring(0, WIDTH) : line).append('\n');
        }
        out.print(text);
        out.flush();
        panel = List.copyOf(lines);
    }
}
