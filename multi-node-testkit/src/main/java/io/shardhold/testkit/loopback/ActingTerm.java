package io.shardhold.testkit.loopback;

import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.node.ClusterNode;
import io.shardhold.internal.protocol.Term;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Under which term a node may act, for other threads than the kernel's.
 *
 * <p>The kernel's thread looks before each input and again before each message leaves, and notes until when the answer
 * holds if nothing else happens. What can happen to end it earlier is that this node steps down; others learn of it by a
 * message, which leaves after the look. So whoever acts because this node does no more acts after this object says so.
 *
 * <p>Concurrency: {@code latest} is volatile and immutable, written by the kernel's thread, and once by whoever ends the
 * process: a late write of the other finds the end flag, which is volatile and set first.
 */
final class ActingTerm {
    private static final int STEPS = 8;

    private record Look(Term term, long untilNanos) {}

    private final long consentNanos;
    private volatile @Nullable Look latest;
    private volatile boolean ended;

    ActingTerm(long consentNanos) {
        this.consentNanos = consentNanos;
    }

    /** Looks again. Kernel thread. */
    void refresh(ClusterNode node) {
        Moment now = new Moment(System.nanoTime(), System.currentTimeMillis());
        Optional<Term> term = node.actingTerm(now);
        Look look = null;
        if (term.isPresent()) {
            long lasts = 0;
            for (int step = STEPS; step > 0 && lasts == 0; step--) {
                long later = consentNanos / STEPS * step;
                lasts = node.actingTerm(now.plusNanos(later)).equals(term) ? later : 0;
            }
            look = new Look(term.get(), now.monoNanos() + lasts);
        }
        latest = ended ? null : look;
    }

    /** The process has ended. */
    void clear() {
        ended = true;
        latest = null;
    }

    /** The term under which the node may act at this moment of {@link System#nanoTime()}. Any thread. */
    Optional<Term> at(long nanos) {
        Look look = latest;
        return look == null || ended || nanos - look.untilNanos() > 0 ? Optional.empty() : Optional.of(look.term());
    }
}
