package io.shardhold.testkit.simulated;

import io.shardhold.internal.kernel.Input;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.signal.Signal;
import java.util.Locale;

/** One line per input, short where the content is long and follows from its range. */
final class TraceLines {
    private static final double NANOS_PER_SECOND = 1e9;

    private TraceLines() {}

    static String line(long nanos, Object who, Object what) {
        String text = what instanceof Input input ? describe(input) : what.toString();
        return String.format(Locale.ROOT, "%12.6f s  %s  %s", nanos / NANOS_PER_SECOND, who, text);
    }

    /** What of an input is the same in each JVM: a message's bytes have been counted on the wire. */
    static long content(Input input) {
        if (input instanceof Input.Received received) {
            return received.message().getClass().getName().hashCode();
        } else if (input instanceof Input.Raised raised) {
            return raised.signal().getClass().getName().hashCode();
        } else if (input instanceof Input.Due due) {
            return due.machine();
        }
        throw new IllegalStateException("no such input: " + input);
    }

    private static String describe(Input input) {
        if (input instanceof Input.Received received) {
            String message;
            if (received.message() instanceof SeatMessage.Replicate replicate) {
                message = "Replicate " + describe(replicate.segment());
            } else if (received.message() instanceof ReplicaMessage.MapPage page) {
                message = "MapPage " + describe(page.segment());
            } else {
                message = received.message().toString();
            }
            return "< " + received.from() + " " + message;
        } else if (input instanceof Input.Raised raised) {
            return raised.signal() instanceof Signal.Committed committed
                    ? "Committed " + committed.committed()
                    : raised.signal().toString();
        } else if (input instanceof Input.Due due) {
            return "timer " + due.machine() + " " + due.key();
        }
        throw new IllegalStateException("no such input: " + input);
    }

    private static String describe(MapSegment segment) {
        return segment.number() + "/" + segment.from() + ".." + segment.to();
    }
}
