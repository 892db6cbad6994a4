package io.shardhold.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Linearizability as its definition reads: tries all orders of all choices of calls. For a handful of calls. */
final class BruteForce<S, I, O> {
    private final Model<S, I, O> model;
    private final List<Call<I, O>> calls;

    BruteForce(Model<S, I, O> model, List<Call<I, O>> calls) {
        this.model = model;
        this.calls = calls;
    }

    /**
     * Whether an order explains all answers given until then. Answers given later need no explanation, but a call that
     * has started may be in the order, with the answer that it gets later if it gets one.
     */
    boolean explains(long until) {
        List<Call<I, O>> started = new ArrayList<>();
        for (Call<I, O> call : calls) {
            if (call.start() < until && !(call.outcome() instanceof Outcome.NoEffect<O>)) {
                started.add(call);
            }
        }
        return anyOrder(new ArrayList<>(), started, until);
    }

    private boolean anyOrder(List<Call<I, O>> order, List<Call<I, O>> rest, long until) {
        if (rest.stream().noneMatch(call -> call.isAnswered() && call.end() <= until) && isLegal(order)) {
            return true;
        }
        for (Call<I, O> next : rest) {
            List<Call<I, O>> longer = new ArrayList<>(order);
            longer.add(next);
            List<Call<I, O>> others = new ArrayList<>(rest);
            others.remove(next);
            if (anyOrder(longer, others, until)) {
                return true;
            }
        }
        return false;
    }

    /** Whether time and the model allow this order. */
    boolean isLegal(List<Call<I, O>> order) {
        for (int i = 0; i < order.size(); i++) {
            for (Call<I, O> later : order.subList(i + 1, order.size())) {
                if (later.end() < order.get(i).start()) {
                    return false;
                }
            }
        }
        return end(order).isPresent();
    }

    /** The state after an order; empty if the model does not allow it. */
    Optional<S> end(List<Call<I, O>> order) {
        S state = model.initial("c");
        for (Call<I, O> call : order) {
            Optional<S> next = call.outcome() instanceof Outcome.Answered<O> answered
                    ? model.next(state, call.operation(), answered.answer())
                    : Optional.of(model.unanswered(state, call.operation()));
            if (next.isEmpty()) {
                return next;
            }
            state = next.get();
        }
        return Optional.of(state);
    }
}
