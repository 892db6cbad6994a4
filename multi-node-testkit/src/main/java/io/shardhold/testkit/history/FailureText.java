package io.shardhold.testkit.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a failed check says, in some twenty lines at most. */
final class FailureText {
    private static final int LONGEST_CALL = 100;
    private static final int LONGEST_STATE = 200;
    private static final int LAST_OF_ORDER = 6;
    private static final int KEYS = 5;
    private static final String WHAT_HELPS = """
            what helps, best first: calls spread over more entities; fewer at once per entity;
              HistorySettings.hadNoEffect for failures that certainly changed nothing; operations with equals
              and hashCode by content; answers that tell more of the state; a larger HistorySettings.maxStates""";

    private final String model;

    FailureText(String model) {
        this.model = model;
    }

    /** @param violated the calls of each key without an order; the verdict is of the first */
    <I, O extends @Nullable Object> String violation(
            List<List<Call<I, O>>> violated, Verdict.Unexplained<I, O> verdict) {
        StringBuilder text = new StringBuilder();
        text.append("entity '").append(verdict.culprit().key()).append("' does not behave like a ");
        text.append(model).append(": no order of its calls explains the answers\n");
        addWindow(text, violated.get(0), verdict, "no order explains this answer");
        addOrder(text, verdict);
        addOthers(text, "no order either for", violated);
        return text.toString();
    }

    /** @param notDecided the calls of each key that is not decided; the verdict is of the first */
    <I, O extends @Nullable Object> String notDecided(
            List<List<Call<I, O>>> notDecided, Verdict.Undecided<I, O> verdict) {
        List<Call<I, O>> calls = notDecided.get(0);
        long answered = calls.stream().filter(Call::isAnswered).count();
        long unknown = calls.stream().filter(Call::isUnknown).count();
        StringBuilder text = new StringBuilder();
        text.append("entity '").append(verdict.culprit().key());
        text.append("': not decided whether it behaves like a ").append(model);
        text.append("; the search was given up after ");
        text.append(number(verdict.states())).append(" states\n");
        addWindow(text, calls, verdict, "no order tried so far explains this answer");
        addOrder(text, verdict);
        text.append("\nat most ").append(number(verdict.most())).append(" of ").append(number(answered));
        text.append(" answered calls were explained; calls of unknown outcome: ");
        text.append(number(unknown)).append('\n').append(WHAT_HELPS);
        addOthers(text, "not decided either:", notDecided);
        return text.toString();
    }

    private static <I, O extends @Nullable Object> void addWindow(
            StringBuilder text, List<Call<I, O>> calls, Verdict.Stuck<I, O> verdict, String mark) {
        Window<I, O> window = Window.around(verdict.culprit(), verdict.order(), calls);
        addLines(text, window, verdict.culprit(), mark);
        if (window.left() > 0) {
            text.append("  and ").append(number(window.left())).append(" more at the same time\n");
        }
    }

    private static <I, O extends @Nullable Object> void addLines(
            StringBuilder text, Window<I, O> window, Call<I, O> culprit, String mark) {
        boolean fine = window.calls().stream()
                .anyMatch(call -> isFine(call.startTime()) || (call.end() != Call.NEVER && isFine(call.endTime())));
        List<String> times = new ArrayList<>();
        int timeWidth = 0;
        int clientWidth = 0;
        for (Call<I, O> call : window.calls()) {
            String end = call.isUnknown() ? "?" : seconds(call.endTime(), fine);
            String time = seconds(call.startTime(), fine) + " – " + end;
            times.add(time);
            timeWidth = Math.max(timeWidth, time.length());
            clientWidth = Math.max(clientWidth, call.client().length());
        }
        for (int i = 0; i < times.size(); i++) {
            Call<I, O> call = window.calls().get(i);
            text.append("  ").append(padded(times.get(i), timeWidth));
            text.append("  ").append(padded(call.client(), clientWidth));
            text.append("  ").append(shortened(call.toString(), LONGEST_CALL)).append(outcome(call));
            text.append(call.equals(culprit) ? "   <- " + mark + "\n" : "\n");
        }
    }

    private static <I, O extends @Nullable Object> String outcome(Call<I, O> call) {
        if (call.outcome() instanceof Outcome.Unknown<O> unknown) {
            return "  (" + shortened(unknown.why(), LONGEST_CALL) + "; may or may not have happened)";
        } else if (call.outcome() instanceof Outcome.NoEffect<O> refused) {
            return "  (" + shortened(refused.why(), LONGEST_CALL) + "; said to have had no effect)";
        }
        return "";
    }

    private static <I, O extends @Nullable Object> void addOrder(StringBuilder text, Verdict.Stuck<I, O> verdict) {
        List<Call<I, O>> order = verdict.order();
        if (order.isEmpty()) {
            text.append("it was the first to end; before it the state is ");
        } else {
            text.append("all that ended before it is explained by an order that ends in state ");
        }
        text.append(shortened(String.valueOf(verdict.state()), LONGEST_STATE));
        int from = Math.max(0, order.size() - LAST_OF_ORDER);
        List<String> last = new ArrayList<>();
        if (from > 0) {
            last.add("... " + number(from) + " before");
        }
        for (Call<I, O> call : order.subList(from, order.size())) {
            last.add(shortened(call.toString(), LONGEST_CALL) + (call.isUnknown() ? " (if it happened)" : ""));
        }
        text.append(last.isEmpty() ? "" : ":\n  " + String.join(", ", last));
    }

    private static <I, O extends @Nullable Object> void addOthers(
            StringBuilder text, String what, List<List<Call<I, O>>> calls) {
        if (calls.size() > 1) {
            text.append('\n').append(what);
            calls.subList(1, Math.min(calls.size(), 1 + KEYS))
                    .forEach(other ->
                            text.append(" '").append(other.get(0).key()).append('\''));
            text.append(calls.size() > 1 + KEYS ? " and " + number(calls.size() - 1 - KEYS) + " more" : "");
        }
    }

    private static boolean isFine(Duration time) {
        return time.toNanos() % 1_000_000 != 0;
    }

    private static String seconds(Duration time, boolean fine) {
        return String.format(Locale.ROOT, fine ? "%.6f s" : "%.3f s", time.toNanos() / 1e9);
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 3) + "...";
    }
}
