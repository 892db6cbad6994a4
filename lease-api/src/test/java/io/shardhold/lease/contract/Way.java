package io.shardhold.lease.contract;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.StoreAnswer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way of one machine to the store under test: in virtual time, with faults, watched. */
final class Way implements LeaseStore {
    private final VirtualTime time;
    private final Machine machine;
    private final LeaseStore store;
    private final Duration requestTimeout;
    private Plans plans = (write, next) -> Plan.CLEAR;
    private int open;
    private int mostOpen;
    private int reads;
    private int writes;
    private boolean closed;

    Way(VirtualTime time, Machine machine, LeaseStore store, Duration requestTimeout) {
        this.time = time;
        this.machine = machine;
        this.store = store;
        this.requestTimeout = requestTimeout;
    }

    /** What becomes of each request. */
    @FunctionalInterface
    interface Plans {
        /**
         * The plan of a request that is being sent.
         *
         * @param next null for a read
         */
        Plan of(boolean write, @Nullable LeaseRecord next);
    }

    enum Effect {
        CLEAR,
        /** Neither arrives nor is answered. */
        LOST,
        /** Is done; the answer is lost. */
        ANSWER_LOST,
        FAILED,
        /** Not done; nobody knows. */
        UNKNOWN,
        /** Done; nobody knows. */
        DONE_UNKNOWN,
        /** A write conflicts without a cause; a read fails. */
        CONFLICT
    }

    record Plan(Effect effect, Duration there, Duration back) {
        static final Plan CLEAR = of(Effect.CLEAR);

        static Plan of(Effect effect) {
            return new Plan(effect, Duration.ZERO, Duration.ZERO);
        }

        static Plan slow(Duration there, Duration back) {
            return new Plan(Effect.CLEAR, there, back);
        }
    }

    void plan(Plans plans) {
        this.plans = plans;
    }

    void plan(Effect effect) {
        this.plans = (write, next) -> Plan.of(effect);
    }

    void planWrites(Plan plan) {
        this.plans = (write, next) -> write ? plan : Plan.CLEAR;
    }

    /** One write, then all is clear. */
    void planOneWrite(Plan plan) {
        this.plans = (write, next) -> {
            if (write) {
                plan(Effect.CLEAR);
                return plan;
            }
            return Plan.CLEAR;
        };
    }

    /** The most requests that were under way at once, each until its answer or its timeout. */
    int mostOpen() {
        return mostOpen;
    }

    int reads() {
        return reads;
    }

    int writes() {
        return writes;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public CompletionStage<StoreAnswer> read(String name) {
        reads++;
        return send(plans.of(false, null), false, () -> store.read(name));
    }

    @Override
    public CompletionStage<StoreAnswer> compareAndSet(String name, @Nullable Version expected, LeaseRecord next) {
        writes++;
        return send(plans.of(true, next), true, () -> store.compareAndSet(name, expected, next));
    }

    @Override
    public long tokenFloor() {
        return store.tokenFloor();
    }

    @Override
    public void close() {
        closed = true;
        store.close();
    }

    private CompletionStage<StoreAnswer> send(
            Plan plan, boolean write, Supplier<CompletionStage<StoreAnswer>> request) {
        CompletableFuture<StoreAnswer> answered = new CompletableFuture<>();
        Runnable ended = begin();
        time.after(
                plan.there().toNanos(),
                () -> arrive(plan, write, request, answer -> {
                    ended.run();
                    answered.complete(answer);
                }));
        return answered;
    }

    private Runnable begin() {
        open++;
        mostOpen = Math.max(mostOpen, open);
        boolean[] ended = {false};
        Runnable end = () -> {
            if (!ended[0]) {
                ended[0] = true;
                open--;
            }
        };
        // A moment before the engine gives it up and sends the next.
        machine.schedule(requestTimeout.toNanos() - 1, end);
        return end;
    }

    private void arrive(
            Plan plan, boolean write, Supplier<CompletionStage<StoreAnswer>> request, Consumer<StoreAnswer> answered) {
        switch (plan.effect()) {
            case LOST -> {}
            case FAILED -> deliver(plan, new StoreAnswer.Failed("planned"), answered);
            case UNKNOWN -> deliver(plan, new StoreAnswer.Unknown("planned"), answered);
            case CONFLICT ->
                deliver(plan, write ? new StoreAnswer.Conflict() : new StoreAnswer.Failed("planned"), answered);
            case CLEAR -> ask(request, answer -> deliver(plan, answer, answered));
            case ANSWER_LOST -> ask(request, answer -> {});
            case DONE_UNKNOWN -> ask(request, answer -> deliver(plan, new StoreAnswer.Unknown("planned"), answered));
        }
    }

    private void ask(Supplier<CompletionStage<StoreAnswer>> request, Consumer<StoreAnswer> then) {
        time.realBegins();
        var unused = request.get()
                .whenComplete((answer, failure) -> time.realEnds(
                        () -> then.accept(failure == null ? answer : new StoreAnswer.Unknown(failure.toString()))));
    }

    private void deliver(Plan plan, StoreAnswer answer, Consumer<StoreAnswer> answered) {
        time.after(plan.back().toNanos(), () -> machine.schedule(0, () -> answered.accept(answer)));
    }
}
