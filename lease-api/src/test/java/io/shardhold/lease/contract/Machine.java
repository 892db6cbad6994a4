package io.shardhold.lease.contract;

import io.shardhold.lease.LeaseRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A simulated machine: two clocks that drift and jump, tasks that stand still while it is paused. */
final class Machine implements LeaseRuntime {
    private static final long EPOCH_MILLIS = 1_796_000_000_000L;

    private final VirtualTime time;
    private final double rate;
    private final Random chance;
    private long monoShift;
    private long wallShift;
    private long monoStoppedAt = -1;
    private boolean paused;
    private boolean dead;
    private List<Runnable> waiting = new ArrayList<>();

    /** @param rate how fast its clocks tick; 1 is right */
    Machine(VirtualTime time, double rate, long seed) {
        this.time = time;
        this.rate = rate;
        this.chance = new Random(seed);
        this.monoShift = chance.nextInt();
    }

    @Override
    public long monoNanos() {
        return monoShift + local(monoStoppedAt >= 0 ? monoStoppedAt : time.nowNanos());
    }

    @Override
    public long wallMillis() {
        return EPOCH_MILLIS + (wallShift + local(time.nowNanos())) / 1_000_000;
    }

    private long local(long trueNanos) {
        return (long) (trueNanos * rate);
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        boolean[] cancelled = {false};
        time.after(
                (long) Math.ceil(Math.max(0, delayNanos) / rate),
                () -> runOrWait(() -> {
                    if (!cancelled[0]) {
                        task.run();
                    }
                }));
        return () -> cancelled[0] = true;
    }

    private void runOrWait(Runnable task) {
        if (paused) {
            waiting.add(task);
        } else if (!dead) {
            task.run();
        }
    }

    @Override
    public long random() {
        return chance.nextLong();
    }

    /** Nothing runs, the clocks do. */
    void pause() {
        paused = true;
    }

    /** As a suspended guest: nothing runs, and the monotonic clock stands still. */
    void suspend() {
        paused = true;
        monoStoppedAt = time.nowNanos();
    }

    void goOn() {
        if (monoStoppedAt >= 0) {
            monoShift -= local(time.nowNanos()) - local(monoStoppedAt);
            monoStoppedAt = -1;
        }
        paused = false;
        List<Runnable> due = waiting;
        waiting = new ArrayList<>();
        due.forEach(task -> time.after(0, () -> runOrWait(task)));
    }

    boolean isPaused() {
        return paused;
    }

    boolean isSuspended() {
        return monoStoppedAt >= 0;
    }

    void crash() {
        dead = true;
        waiting.clear();
    }

    boolean isDead() {
        return dead;
    }

    void jumpWall(Duration by) {
        wallShift += by.toNanos();
    }

    void jumpMono(Duration by) {
        monoShift += by.toNanos();
    }
}
