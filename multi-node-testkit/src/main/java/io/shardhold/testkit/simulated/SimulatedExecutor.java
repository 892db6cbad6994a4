package io.shardhold.testkit.simulated;

import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.EntityTask;
import io.shardhold.testkit.fault.Handling;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs entities in virtual time. A handler takes as long as the simulation says, its work happens at a random moment in
 * that time, and other things happen meanwhile; which of several entities begins first is drawn, too.
 */
final class SimulatedExecutor implements EntityExecutor {
    private static final long QUEUE_NANOS = 5_000L;

    private final SimulatedNode node;
    private final List<Runnable> hanging = new ArrayList<>();

    SimulatedExecutor(SimulatedNode node) {
        this.node = node;
    }

    @Override
    public void execute(EntityTask task) {
        later(node.chance().below(QUEUE_NANOS), node.process(), () -> begin(task));
    }

    /** Does something later, or when the pause is over; never if the process has died meanwhile. */
    private void later(long nanos, long process, Runnable step) {
        node.time().after(nanos, () -> now(process, step));
    }

    private void now(long process, Runnable step) {
        if (node.process() != process) {
            return;
        }
        if (node.isPaused()) {
            node.afterPause(() -> now(process, step));
            return;
        }
        step.run();
        node.afterEvent();
    }

    private void begin(EntityTask task) {
        if (!task.begin()) {
            return;
        }
        Handling handling = node.handling();
        if (handling.hanging()) {
            hanging.add(() -> work(task, node.handling()));
        } else {
            work(task, handling);
        }
    }

    private void work(EntityTask task, Handling handling) {
        long shortest = handling.shortest().toNanos();
        long span = handling.longest().toNanos() - shortest;
        long nanos = shortest + (span <= 0 ? 0 : node.chance().below(span));
        long before = nanos <= 0 ? 0 : node.chance().below(nanos);
        long process = node.process();
        later(before, process, task::run);
        later(nanos, process, () -> {
            task.end();
            begin(task);
        });
    }

    /** Lets handlers go on that hang. */
    void release() {
        List<Runnable> released = new ArrayList<>(hanging);
        hanging.clear();
        released.forEach(Runnable::run);
    }
}
