package io.shardhold.testkit;

import io.shardhold.testkit.fault.ProtocolStep;
import io.shardhold.testkit.rung.MessageTap;
import io.shardhold.testkit.rung.RungNode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a test does when a step of the protocol is taken, and which steps it holds back.
 *
 * <p>Concurrency: a real rung asks on the threads of its nodes; each trap springs once, because only one thread removes it.
 */
final class StepTraps implements MessageTap {
    private record Trap(String from, ProtocolStep step, Runnable action) {}

    private record Barrier(
            ProtocolStep step,
            @Nullable String from,
            @Nullable String to,
            BooleanSupplier holds) {
        boolean stops(String sender, String receiver, ProtocolStep sent) {
            return step == sent
                    && (from == null || from.equals(sender))
                    && (to == null || to.equals(receiver))
                    && holds.getAsBoolean();
        }
    }

    private final List<Trap> traps = new CopyOnWriteArrayList<>();
    private final List<Barrier> barriers = new CopyOnWriteArrayList<>();

    /** Does something once, right after this node has sent a message of this step. */
    void spring(String from, ProtocolStep step, Runnable action) {
        traps.add(new Trap(from, step, action));
    }

    /** Loses messages of a step, as long as the supplier says; null stands for any node. */
    void holdBack(ProtocolStep step, @Nullable String from, @Nullable String to, BooleanSupplier holds) {
        barriers.removeIf(barrier -> !barrier.holds.getAsBoolean());
        barriers.add(new Barrier(step, from, to, holds));
    }

    void clear() {
        traps.clear();
        barriers.clear();
    }

    @Override
    public boolean onLeaving(RungNode from, String to, ProtocolStep step) {
        for (Barrier barrier : barriers) {
            if (barrier.stops(from.name(), to, step)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onLeft(RungNode from, String to, ProtocolStep step) {
        List<Trap> sprung = traps.stream()
                .filter(trap -> trap.step == step && trap.from.equals(from.name()))
                .toList();
        for (Trap trap : sprung) {
            if (traps.remove(trap)) {
                trap.action.run();
            }
        }
    }
}
