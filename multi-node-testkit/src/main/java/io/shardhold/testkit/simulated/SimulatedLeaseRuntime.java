package io.shardhold.testkit.simulated;

import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.lease.LeaseRuntime;

/** Clocks, timers and chance of the lease of one simulated process: they stop with its pause and end with its death. */
final class SimulatedLeaseRuntime implements LeaseRuntime {
    private final SimulatedNode node;
    private final SimulatedClock clock;
    private final SeededChance chance;
    private final long process;

    SimulatedLeaseRuntime(SimulatedNode node, SimulatedClock clock, SeededChance chance) {
        this.node = node;
        this.clock = clock;
        this.chance = chance;
        this.process = node.process();
    }

    @Override
    public long monoNanos() {
        return clock.monoNanos();
    }

    @Override
    public long wallMillis() {
        return clock.wallMillis();
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        Scheduled scheduled = new Scheduled(task);
        node.time().after(clock.toVirtual(delayNanos), scheduled::due);
        return scheduled;
    }

    @Override
    public long random() {
        return chance.nextLong();
    }

    /** A task that happens unless it is called off, or its process has died. */
    private final class Scheduled implements Cancellable {
        private final Runnable task;
        private boolean cancelled;

        Scheduled(Runnable task) {
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        private void due() {
            if (cancelled || node.process() != process) {
                return;
            }
            if (node.isPaused()) {
                node.afterPause(this::due);
            } else {
                task.run();
                node.afterEvent();
            }
        }
    }
}
