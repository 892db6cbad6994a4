package io.shardhold.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Refuses to be waited for, where it would be waited for in vain, and so does everything that is made of it. */
final class VirtualFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    static <T extends @Nullable Object> CompletionStage<T> of(CompletionStage<T> stage) {
        VirtualFuture<T> future = new VirtualFuture<>();
        stage.whenComplete((answer, failure) -> {
            if (failure == null) {
                future.complete(answer);
            } else {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    private void refuseToWait() {
        if (!isDone()) {
            throw new IllegalStateException("no answer yet, and none comes while the test waits: time passes in runFor,"
                    + " await and awaitAssert only; let it pass, and take the answer with thenAccept or afterwards");
        }
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new VirtualFuture<>();
    }

    @Override
    public T join() {
        refuseToWait();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        refuseToWait();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        refuseToWait();
        return super.get(timeout, unit);
    }
}
