package io.shardhold.testkit;

import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.EntityTask;
import java.util.function.LongSupplier;

/** Runs entities in virtual time: a handler takes as long as the simulation says, and other things happen meanwhile. */
final class SimulatedExecutor implements EntityExecutor {
    private final VirtualTime time;
    private final SimulatedNode node;
    private final LongSupplier handlerNanos;

    SimulatedExecutor(VirtualTime time, SimulatedNode node, LongSupplier handlerNanos) {
        this.time = time;
        this.node = node;
        this.handlerNanos = handlerNanos;
    }

    @Override
    public void execute(EntityTask task) {
        long process = node.process();
        time.after(0, () -> begin(task, process));
    }

    private void begin(EntityTask task, long process) {
        if (node.process() != process) {
            return;
        }
        if (node.isPaused()) {
            node.afterPause(() -> begin(task, process));
            return;
        }
        boolean runs = task.begin();
        node.afterEvent();
        if (runs) {
            time.after(handlerNanos.getAsLong(), () -> end(task, process));
        }
    }

    private void end(EntityTask task, long process) {
        if (node.process() != process) {
            return;
        }
        if (node.isPaused()) {
            node.afterPause(() -> end(task, process));
            return;
        }
        task.run();
        task.end();
        node.afterEvent();
        begin(task, process);
    }
}
