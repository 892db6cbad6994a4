package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Nothing lost without a name, nothing twice.
 *
 * <pre>
 *   entered ──▶ OPEN ──taken up | reported──▶ forgotten
 *                 └──its connection or its process died──▶ DOUBTFUL ──taken up | reported──▶ forgotten
 * </pre>
 *
 * <p>Whatever is taken up or reported must be open or doubtful. One may be both: a message that its entity took up last may
 * then be reported, once, because the codec or the factory of the entity failed. At rest nothing is open.
 */
final class Conservation implements Check {
    private static final int NAMED = 5;
    private static final int NOWHERE = 0;

    private final MultiNodeSpec spec;
    /** Open messages, with the process on which they arrived last. */
    private final Map<UserMessage, Integer> open = new LinkedHashMap<>();

    private final Set<UserMessage> doubtful = new LinkedHashSet<>();

    /** What each entity took up last, in each process. */
    private final Map<Cell, UserMessage> taken = new HashMap<>();

    private record Cell(int process, String type, String entityId) {}

    Conservation(MultiNodeSpec spec) {
        this.spec = spec;
    }

    /** Messages of which nothing has become yet. */
    int open() {
        return open.size();
    }

    @Override
    public void onEntered(TestNode node, UserMessage message) {
        open.put(message, NOWHERE);
    }

    @Override
    public void onArrived(TestNode node, UserMessage message) {
        open.computeIfPresent(message, (known, before) -> node.process());
    }

    @Override
    public void onTakenUp(TestNode node, UserMessage message, Home home) {
        settle(node, message, " took up ");
        taken.put(cell(node, message), message);
    }

    private static Cell cell(TestNode node, UserMessage message) {
        return new Cell(node.process(), message.type(), message.entityId());
    }

    @Override
    public void onUndelivered(TestNode node, UserMessage message, UndeliveredReason reason) {
        boolean beforeItsHandler =
                reason == UndeliveredReason.CODEC_FAILED || reason == UndeliveredReason.FACTORY_FAILED;
        if (!beforeItsHandler || !taken.remove(cell(node, message), message)) {
            settle(node, message, " reported as " + reason + " ");
        }
    }

    private void settle(TestNode node, UserMessage message, String what) {
        if (open.remove(message) == null && !doubtful.remove(message)) {
            violated(node + what + message + ", which was taken up or reported before, or never sent");
        }
    }

    @Override
    public void onInDoubt(TestNode node, UserMessage message) {
        if (open.remove(message) != null) {
            doubtful.add(message);
        }
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.LinkLost lost && !spec.namesMessagesInDoubt()) {
            doubt(node.process());
            doubt(spec.processOf(lost.peer()));
        }
    }

    @Override
    public void onEnded(TestNode node, boolean orderly) {
        if (!orderly && !spec.namesMessagesInDoubt()) {
            // What the dead process had acknowledged and not told of is known to nobody.
            doubtful.addAll(open.keySet());
            open.clear();
        } else if (!orderly || !spec.namesMessagesInDoubt()) {
            doubt(node.process());
        }
    }

    /** What this process sent, or held, may be gone. */
    private void doubt(int process) {
        Iterator<Map.Entry<UserMessage, Integer>> entries = open.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<UserMessage, Integer> entry = entries.next();
            if (entry.getValue() == process || entry.getKey().process() == process) {
                doubtful.add(entry.getKey());
                entries.remove();
            }
        }
    }

    @Override
    public void atRest() {
        if (!open.isEmpty()) {
            violated(open.size() + " messages are lost without a name, such as "
                    + open.keySet().stream().limit(NAMED).toList());
        }
    }

    private void violated(String what) {
        spec.violated(Invariants.CONSERVATION.name(), what);
    }
}
