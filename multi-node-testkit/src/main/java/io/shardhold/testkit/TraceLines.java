package io.shardhold.testkit;

import io.shardhold.internal.kernel.Input;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.signal.Signal;

/** One line per input, short where the content is long and follows from its range. */
final class TraceLines {
    private TraceLines() {}

    static String describe(Input input) {
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
