package io.shardhold.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A client on a node that has one call open at most. Used from the test's thread only; answers may come on any. */
final class Caller {
    private final TestNode node;
    private final Supplier<? extends CompletionStage<?>> call;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    private int process;

    Caller(TestNode node, Supplier<? extends CompletionStage<?>> call) {
        this.node = node;
        this.call = call;
    }

    /** Makes the next call, unless the last one is open in a process that lives. */
    void callIfFree() {
        boolean open = !last.isDone() && process == node.process();
        if (!open && node.isRunning() && !node.isPaused()) {
            process = node.process();
            last = call.get().toCompletableFuture();
        }
    }
}
