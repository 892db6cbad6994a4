package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import java.util.HashMap;
import java.util.Map;

/**
 * Order per sending process and entity. When a connection is lost with messages in doubt, what that process had sent to the
 * entity by then is excused: it may have come late.
 */
final class SenderOrder implements Check {
    private record Line(int process, String type, int shard) {}

    private record Reader(int process, String type, String entityId) {}

    private final MultiNodeSpec spec;
    private final Map<Line, Long> entered = new HashMap<>();
    private final Map<Reader, Long> taken = new HashMap<>();
    private final Map<Reader, Long> excused = new HashMap<>();
    private final Map<Line, Long> allExcused = new HashMap<>();

    SenderOrder(MultiNodeSpec spec) {
        this.spec = spec;
    }

    private static Line line(UserMessage message) {
        return new Line(message.process(), message.type(), message.shard());
    }

    private static Reader reader(UserMessage message) {
        return new Reader(message.process(), message.type(), message.entityId());
    }

    @Override
    public void onEntered(TestNode node, UserMessage message) {
        entered.put(line(message), message.sequence());
    }

    @Override
    public void onInDoubt(TestNode node, UserMessage message) {
        excused.put(reader(message), entered.getOrDefault(line(message), message.sequence()));
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.LinkLost lost && !spec.namesMessagesInDoubt()) {
            int here = node.process();
            int there = spec.processOf(lost.peer());
            entered.forEach((line, last) -> {
                if (line.process == here || line.process == there) {
                    allExcused.put(line, last);
                }
            });
        }
    }

    @Override
    public void onTakenUp(TestNode node, UserMessage message, Home home) {
        Reader reader = reader(message);
        long last = taken.getOrDefault(reader, 0L);
        long sequence = message.sequence();
        if (sequence > last) {
            taken.put(reader, sequence);
        } else if (sequence > excused.getOrDefault(reader, 0L)
                && sequence > allExcused.getOrDefault(line(message), 0L)) {
            spec.violated(Invariants.ORDER_PER_SENDER.name(), node + " took up " + message + " after message " + last);
        }
    }
}
