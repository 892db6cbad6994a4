package io.shardhold.internal.driver;

import io.shardhold.internal.kernel.Ending;
import io.shardhold.internal.kernel.NodeKernel;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that drives the kernels of a node, one incarnation after the other.
 *
 * <p>Concurrency: whoever offers an input unparks the thread afterwards; the thread looks for input again after each
 * wake-up before it parks, and a permit that comes in between makes the park return at once. So no input waits for a timer.
 */
final class KernelThread {
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable Throwable fault;

    /**
     * A thread that is not started yet.
     *
     * @param first the kernel to begin with
     * @param next what follows an ending; null if nothing does
     */
    KernelThread(String name, NodeKernel first, Function<Ending, @Nullable NodeKernel> next) {
        thread = new Thread(() -> drive(first, next), name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void drive(NodeKernel first, Function<Ending, @Nullable NodeKernel> next) {
        NodeKernel kernel = first;
        while (kernel != null && !stopped) {
            kernel.onWakeUp(() -> LockSupport.unpark(thread));
            while (kernel.ending() == null && fault == null && !stopped) {
                if (!kernel.step()) {
                    LockSupport.parkNanos(this, Math.max(1, kernel.nanosToNextTimer()));
                }
            }
            Ending ending = fault == null ? kernel.ending() : new Ending.Fault(fault);
            kernel = ending == null ? null : next.apply(ending);
        }
    }

    /** Ends the node on a bug that showed on another thread. Any thread. */
    void fault(Throwable cause) {
        fault = cause;
        LockSupport.unpark(thread);
    }

    /** Stops after the current step, and waits for it for a while. */
    void stop(long millis) {
        stopped = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() != thread) {
            try {
                thread.join(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
