package io.shardhold.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * How a lease is called, who asks for it, and its times. Settings that are not safe are refused, with everything that is
 * wrong with them. All contenders of one name should use the same times.
 *
 * <pre>{@code
 * LeaseSettings settings = LeaseSettings.of("shop", "10.0.0.1:7350")
 *     .withTtl(Duration.ofSeconds(10))
 *     .withMargin(Duration.ofSeconds(1))
 *     .withRenew(Duration.ofMillis(2500));
 * }</pre>
 *
 * @param name of the lease: 1 to 253 of letters, digits, '.', '_', '-'
 * @param owner who asks, for operators: 1 to 200 characters, without '#' and control characters. Each lease instance adds
 *     an incarnation of its own, so that nobody is taken for somebody before him
 * @param ttl how long others have to see an unchanged record before they take it: 100 ms to 1 h; short enough for the
 *     takeover, long enough for a few lost renewals
 * @param renew from one renewal to the next, sent to sent: 10 ms or more
 * @param margin taken off the ttl by the holder and added to it by challengers: 5 % of the ttl or more, for clocks that
 *     tick up to 5 % wrong on either side, and less than half of it
 * @param poll how long a challenger waits from one look to the next, and a holder before it tries again: 10 ms to the ttl
 * @param requestTimeout after which a request counts as unanswered: 10 ms or more
 */
public record LeaseSettings(
        String name,
        String owner,
        Duration ttl,
        Duration renew,
        Duration margin,
        Duration poll,
        Duration requestTimeout) {
    /** Every clock ticks right within one part in this many: 5 %. */
    static final long DRIFT_PARTS = 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final Pattern OWNER = Pattern.compile("[^#\\p{Cntrl}]{1,200}");
    private static final Duration LEAST = Duration.ofMillis(10);
    private static final Duration LEAST_TTL = Duration.ofMillis(100);
    static final Duration MOST = Duration.ofHours(1);

    /** @throws IllegalArgumentException naming every problem, with the numbers and the remedy */
    public LeaseSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(renew, "renew");
        Objects.requireNonNull(margin, "margin");
        Objects.requireNonNull(poll, "poll");
        Objects.requireNonNull(requestTimeout, "requestTimeout");
        List<String> problems = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            problems.add(
                    "name must be 1 to 253 of letters, digits, '.', '_', '-', was '" + name + "': rename the lease");
        }
        if (!OWNER.matcher(owner).matches()) {
            problems.add("owner must be 1 to 200 characters without '#' and control characters, was '" + owner
                    + "': use the name of the node");
        }
        int before = problems.size();
        range(problems, "ttl", ttl, LEAST_TTL, MOST);
        range(problems, "renew", renew, LEAST, MOST);
        range(problems, "margin", margin, Duration.ofNanos(1), MOST);
        range(problems, "poll", poll, LEAST, MOST);
        range(problems, "requestTimeout", requestTimeout, LEAST, MOST);
        if (problems.size() == before) {
            checkTogether(problems, ttl, renew, margin, poll, requestTimeout);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("lease settings refused, " + problems.size()
                    + (problems.size() == 1 ? " problem:" : " problems:") + "\n  - "
                    + String.join("\n  - ", problems));
        }
    }

    private static void range(List<String> problems, String what, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            problems.add(what + " must be " + least + " to " + most + ", was " + value + ": set it within");
        }
    }

    private static void checkTogether(
            List<String> problems,
            Duration ttl,
            Duration renew,
            Duration margin,
            Duration poll,
            Duration requestTimeout) {
        Duration leastMargin = ttl.dividedBy(DRIFT_PARTS);
        if (margin.compareTo(leastMargin) < 0) {
            problems.add("margin " + margin + " does not cover clocks that tick 5 % wrong over a ttl of " + ttl
                    + ": raise it to " + leastMargin + " or more, a tenth of the ttl is a good value");
        }
        if (margin.multipliedBy(2).compareTo(ttl) >= 0) {
            problems.add("margin " + margin + " must be less than half of the ttl " + ttl
                    + ": lower it or raise the ttl, else hardly anything is left to hold");
        }
        Duration cycle = renew.plus(requestTimeout.multipliedBy(2));
        if (cycle.compareTo(ttl.minus(margin)) >= 0) {
            problems.add("renew " + renew + " + twice requestTimeout " + requestTimeout + " must be less than ttl "
                    + ttl + " - margin " + margin + ", " + cycle + " is not less than " + ttl.minus(margin)
                    + ": one lost renewal would lose the lease; lower renew or requestTimeout, or raise the ttl");
        }
        if (poll.compareTo(ttl) > 0) {
            problems.add(
                    "poll " + poll + " must not be longer than the ttl " + ttl + ": lower it, a tenth is a good value");
        }
    }

    /**
     * Settings with a ttl of 5 s (with the rest, a takeover within 6 s), a margin of 0.5 s (twice what drift needs), a
     * renewal every 1.25 s (three tries before the grant ends), a poll of 0.5 s and a request timeout of 1 s.
     */
    public static LeaseSettings of(String name, String owner) {
        return new LeaseSettings(
                name,
                owner,
                Duration.ofSeconds(5),
                Duration.ofMillis(1250),
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                Duration.ofSeconds(1));
    }

    /** The same but for all its times, which have to fit together. */
    public LeaseSettings withTimes(
            Duration ttl, Duration renew, Duration margin, Duration poll, Duration requestTimeout) {
        return new LeaseSettings(name, owner, ttl, renew, margin, poll, requestTimeout);
    }

    /** The same but for the owner. */
    public LeaseSettings withOwner(String owner) {
        return new LeaseSettings(name, owner, ttl, renew, margin, poll, requestTimeout);
    }

    /** The same but for the ttl. */
    public LeaseSettings withTtl(Duration ttl) {
        return new LeaseSettings(name, owner, ttl, renew, margin, poll, requestTimeout);
    }

    /** The same but for the time between renewals. */
    public LeaseSettings withRenew(Duration renew) {
        return new LeaseSettings(name, owner, ttl, renew, margin, poll, requestTimeout);
    }

    /** The same but for the margin. */
    public LeaseSettings withMargin(Duration margin) {
        return new LeaseSettings(name, owner, ttl, renew, margin, poll, requestTimeout);
    }

    /** The same but for the time between looks. */
    public LeaseSettings withPoll(Duration poll) {
        return new LeaseSettings(name, owner, ttl, renew, margin, poll, requestTimeout);
    }

    /** The same but for the request timeout. */
    public LeaseSettings withRequestTimeout(Duration requestTimeout) {
        return new LeaseSettings(name, owner, ttl, renew, margin, poll, requestTimeout);
    }

    /** How long after its last renewal a dead holder is replaced, if somebody polls: ttl + margin + poll. */
    public Duration leaseWait() {
        return ttl.plus(margin).plus(poll);
    }
}
