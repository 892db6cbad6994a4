package io.shardhold.config;

import io.shardhold.lease.LeaseSettings;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with settings, so that a user reads all of it at once. */
final class SettingsCheck {
    /** Longest duration of any setting: beyond it a wrong unit is likelier than a wish. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final int MIB = 1 << 20;
    private static final long GIB = 1L << 30;

    private final List<String> problems = new ArrayList<>();

    void problem(String text) {
        problems.add(text);
    }

    /** A problem if the number is out of range; the remedy ends the sentence. */
    void range(String what, long value, long least, long most, String remedy) {
        if (value < least || value > most) {
            problem(what + " must be " + least + " to " + most + ", was " + value + ": " + remedy);
        }
    }

    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    // Why each rule of timings: a right to serve lasts `consent` from the send time of a probe. It must survive one
    // lost probe (consent) and be over before others may conclude anything (detection, which then holds three probes
    // too).
    // Whoever waits for its end must wait long enough by a clock that runs 5 % fast while the owner's runs 5 % slow:
    // (consent + margin) / 1.05 >= consent / 0.95, with the handler budget on top for a handler that begins in the last
    // moment. 1.05 / 0.95 - 1 is 0.1053; 0.11 is that, rounded up.

    void timings(Timings t) {
        if (!durations(t)) {
            return; // the rules below would only repeat it
        }
        atMost("probe * 2", t.probe().multipliedBy(2), "consent", t.consent(), "one lost probe would end the right");
        atMost("probe", t.probe(), "stable", t.stable(), "nobody would be heard again before the judgement");
        atMost(
                "consent + probe",
                t.consent().plus(t.probe()),
                "detection",
                t.detection(),
                "a node would be called dead while its right still lasts");
        Duration least =
                Duration.ofMillis(ceilDiv(t.consent().plus(t.handlerBudget()).toNanos() * 11, 100_000_000L));
        atMost(
                "0.11 * (consent + handlerBudget)",
                least,
                "margin",
                t.margin(),
                "two clocks that tick 5 % apart could give a shard two homes");
        below(
                "handlerBudget * 2",
                t.handlerBudget().multipliedBy(2),
                "consent",
                t.consent(),
                "little work could be taken up");
        below("handlerBudget", t.handlerBudget(), "stop", t.stop(), "a handler could not finish while its shard moves");
        below("stop", t.stop(), "handOff", t.handOff(), "a handoff would be judged before its entities have stopped");
        below("handOff", t.handOff(), "shutdown", t.shutdown(), "leaving would be cut off in the middle of a handoff");
        atMost("retry", t.retry(), "founding", t.founding(), "founding would never ask a seed twice");
        atMost("retry * 2", t.retry().multipliedBy(2), "handOff", t.handOff(), "a lost message would fail a handoff");
    }

    /** A node that does not reach the store is to say so after more than one request. */
    void lease(LeaseSettings lease, Timings t) {
        atMost(
                "poll + requestTimeout of the lease",
                lease.poll().plus(lease.requestTimeout()),
                "detection",
                t.detection(),
                "one request without an answer would cost a node the lead");
    }

    private boolean durations(Timings t) {
        int before = problems.size();
        duration("probe", t.probe());
        duration("detection", t.detection());
        duration("stable", t.stable());
        duration("consent", t.consent());
        duration("margin", t.margin());
        duration("handlerBudget", t.handlerBudget());
        duration("founding", t.founding());
        duration("stop", t.stop());
        duration("handOff", t.handOff());
        duration("shutdown", t.shutdown());
        duration("retry", t.retry());
        duration("rebalance", t.rebalance());
        return problems.size() == before;
    }

    private void duration(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
            problem("timings: " + name + " must be 1 ms to 1 h, was " + text(value) + ": check its unit");
        }
    }

    private void atMost(String left, Duration value, String right, Duration limit, String otherwise) {
        if (value.compareTo(limit) > 0) {
            relation(left, value, "at most", right, limit, otherwise);
        }
    }

    private void below(String left, Duration value, String right, Duration limit, String otherwise) {
        if (value.compareTo(limit) >= 0) {
            relation(left, value, "less than", right, limit, otherwise);
        }
    }

    private void relation(
            String left, Duration value, String relation, String right, Duration limit, String otherwise) {
        problem("timings: " + left + " is " + text(value) + " and must be " + relation + " " + right + ", which is "
                + text(limit) + ", or " + otherwise + ": raise " + right + " or lower the other");
    }

    void limits(Limits l, int seeds) {
        range("limits: frameBytes", l.frameBytes(), 4 << 10, 64 * MIB, "4 KiB to 64 MiB; send larger things in parts");
        range("limits: parkedPerShard", l.parkedPerShard(), 1, 10_000_000, "what is parked is held in memory");
        range("limits: parkedBytes", l.parkedBytes(), l.frameBytes(), 16 * GIB, "at least one frame, at most 16 GiB");
        range("limits: mailbox", l.mailbox(), 1, 10_000_000, "what waits is held in memory");
        range(
                "limits: outboundBytesPerLink",
                l.outboundBytesPerLink(),
                l.frameBytes(),
                16 * GIB,
                "at least one frame, at most 16 GiB");
        range("limits: entities", l.entities(), 1, 100_000_000, "add nodes for more");
        range("limits: openAsks", l.openAsks(), 1, 10_000_000, "each holds memory until its time passes");
        range("limits: members", l.members(), Math.max(1, seeds), 10_000, "it must hold the seeds at least");
    }

    /** Seconds with the decimals that matter: {@code 0.4 s}. */
    static String text(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }

    private static long ceilDiv(long dividend, long divisor) {
        return -Math.floorDiv(-dividend, divisor);
    }
}
