package io.shardhold.testkit.fault;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How one direction between two nodes treats what passes. Immutable.
 *
 * <pre>{@code
 * spec.link("n1", "n2", LinkRule.CLEAR.loss(0.05).delay(Duration.ofMillis(2), Duration.ofMillis(40)));
 * }</pre>
 *
 * @param cut whether nothing passes
 * @param loss share of control messages that are lost, 0 to 1; a data message that is lost breaks its connection
 * @param duplication share of control messages that arrive twice, 0 to 1
 * @param late share of control messages that arrive once more, behind others, 0 to 1
 * @param lateDirectives the same for directives of the coordinator, which must never be obeyed late
 * @param lateAtMost how late those arrive at most
 * @param corruption share of messages one byte of which changes on the way, 0 to 1; it breaks the connection
 * @param shortest how long a message takes at least
 * @param longest how long a message takes at most
 */
public record LinkRule(
        boolean cut,
        double loss,
        double duplication,
        double late,
        double lateDirectives,
        Duration lateAtMost,
        double corruption,
        Duration shortest,
        Duration longest) {
    private static final Duration SHORTEST = Duration.ofNanos(200_000);
    private static final Duration LONGEST = Duration.ofMillis(2);

    /** A good network: 0.2 to 2 ms, nothing is lost. */
    public static final LinkRule CLEAR = new LinkRule(false, 0, 0, 0, 0, Duration.ZERO, 0, SHORTEST, LONGEST);

    public LinkRule {
        checkShare("loss", loss);
        checkShare("duplication", duplication);
        checkShare("late", late);
        checkShare("lateDirectives", lateDirectives);
        checkShare("corruption", corruption);
        if (shortest.isNegative() || longest.compareTo(shortest) < 0 || lateAtMost.isNegative()) {
            throw new IllegalArgumentException("a delay is a range from 0 up, was " + shortest + " to " + longest
                    + ", late by at most " + lateAtMost);
        }
    }

    private static void checkShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(name + " is a share from 0 to 1, was " + share);
        }
    }

    public LinkRule cut(boolean changed) {
        return new LinkRule(
                changed, loss, duplication, late, lateDirectives, lateAtMost, corruption, shortest, longest);
    }

    public LinkRule loss(double changed) {
        return new LinkRule(cut, changed, duplication, late, lateDirectives, lateAtMost, corruption, shortest, longest);
    }

    public LinkRule duplication(double changed) {
        return new LinkRule(cut, loss, changed, late, lateDirectives, lateAtMost, corruption, shortest, longest);
    }

    /** Control messages that come once more, up to so much later; directives of the coordinator have a share of their own. */
    public LinkRule late(double share, double directives, Duration atMost) {
        return new LinkRule(cut, loss, duplication, share, directives, atMost, corruption, shortest, longest);
    }

    public LinkRule corruption(double changed) {
        return new LinkRule(cut, loss, duplication, late, lateDirectives, lateAtMost, changed, shortest, longest);
    }

    public LinkRule delay(Duration atLeast, Duration atMost) {
        return new LinkRule(cut, loss, duplication, late, lateDirectives, lateAtMost, corruption, atLeast, atMost);
    }

    /** The kinds of faults that this rule needs. */
    public Set<Fault> faults() {
        Set<Fault> needed = EnumSet.noneOf(Fault.class);
        add(needed, Fault.CUT, cut);
        add(needed, Fault.LOSS, loss > 0);
        add(needed, Fault.DUPLICATION, duplication > 0);
        add(needed, Fault.REORDERING, late > 0 || lateDirectives > 0);
        add(needed, Fault.CORRUPTION, corruption > 0);
        add(needed, Fault.DELAY, !shortest.equals(SHORTEST) || !longest.equals(LONGEST));
        return needed;
    }

    private static void add(Set<Fault> needed, Fault fault, boolean used) {
        if (used) {
            needed.add(fault);
        }
    }
}
