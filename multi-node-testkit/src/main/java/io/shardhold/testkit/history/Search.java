package io.shardhold.testkit.history;

import static java.util.Comparator.comparingLong;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The search for an order of the calls of one key: depth first, with a memory of where it has been, and without
 * recursion since an order is as long as the history.
 *
 * <p>A call may come next if no call that is not yet placed had ended when it started. Answered calls are tried by their
 * end, because effects mostly happen in that order, unless the model has {@link Foresight}; first those that change
 * nothing, since what they saw is there now. An order is found when all of them are placed. Calls of unknown outcome are
 * tried only where no answered call leads on, one of them before two, so that an order holds few of them.
 *
 * <p>Two cuts keep calls of unknown outcome from multiplying, and neither loses an order. Of equal operations the one
 * that started first goes first: in an order that has them the other way round, or the later one alone, they can change
 * places, since nobody saw their answers. And see {@link Visited}.
 */
final class Search<S, I, O extends @Nullable Object> {
    private final Model<S, ? super I, ? super O> model;
    private final String key;
    /** Both by start. */
    private final List<Call<I, O>> answered = new ArrayList<>();

    private final List<Call<I, O>> unknown = new ArrayList<>();
    /** Of each of them: the lowest is tried first. */
    private final List<Long> answeredTurns = new ArrayList<>();

    private final List<Long> unknownTurns = new ArrayList<>();
    /** Calls of unknown outcome that have a turn, by number. */
    private final List<Integer> likely = new ArrayList<>();
    /** For each call of unknown outcome the last one before it with the same operation, or -1. */
    private final int[] sameBefore;

    private final Visited<S> visited;
    private final Deque<Branch> branches = new ArrayDeque<>();
    private @Nullable Point<S, I, O> furthest;
    private @Nullable Call<I, O> culprit;
    private int most;

    /** A place in the search, and how it got there. */
    private record Point<S, I, O extends @Nullable Object>(
            Place<S> place,
            BitSet used,
            @Nullable Point<S, I, O> before,
            @Nullable Call<I, O> last) {}

    /** @param calls of one key, by start, at least one */
    Search(Model<S, ? super I, ? super O> model, List<Call<I, O>> calls, int maxStates) {
        this.model = model;
        this.key = calls.get(0).key();
        this.visited = new Visited<>(maxStates);
        long[] turns = model instanceof Foresight<?, ?, ?> foresight
                ? foresight.turns(calls)
                : calls.stream().mapToLong(Call::end).toArray();
        for (int i = 0; i < turns.length; i++) {
            Call<I, O> call = calls.get(i);
            if (call.isAnswered()) {
                answered.add(call);
                answeredTurns.add(turns[i]);
            } else if (call.isUnknown()) {
                if (turns[i] != Call.NEVER) {
                    likely.add(unknown.size());
                }
                unknown.add(call);
                unknownTurns.add(turns[i]);
            }
        }
        sameBefore = new int[unknown.size()];
        Map<I, Integer> latest = new HashMap<>();
        for (int i = 0; i < sameBefore.length; i++) {
            Integer same = latest.put(unknown.get(i).operation(), i);
            sameBefore[i] = same == null ? -1 : same;
        }
    }

    /** Searches the calls of one key, by start, at least one, in the best way for the model. */
    static <S, I, O extends @Nullable Object> Verdict<I, O> verdict(
            Model<S, ? super I, ? super O> model, List<Call<I, O>> calls, int maxStates) {
        if (!(model instanceof Foresight<S, ? super I, ? super O> foresight)) {
            return new Search<S, I, O>(model, calls, maxStates).run();
        }
        Verdict<I, O> narrowed = new Search<S, I, O>(foresight.narrowed(calls), calls, maxStates).run();
        if (narrowed instanceof Verdict.Explained) {
            return narrowed;
        }
        // Again, for the answer that is the first to be wrong; if that is too much, for one that is near it.
        Verdict<I, O> plain = new Search<S, I, O>(model, calls, maxStates).run();
        return narrowed instanceof Verdict.Unexplained && plain instanceof Verdict.Undecided<I, O> near
                ? new Verdict.Unexplained<>(near.states(), near.order(), near.state(), near.culprit())
                : plain;
    }

    Verdict<I, O> run() {
        Point<S, I, O> next = new Point<>(new Place<>(0, new int[0], model.initial(key)), new BitSet(), null, null);
        visited.add(next.place(), next.used());
        while (next.place().placed() < answered.size()) {
            branches.push(new Branch(next));
            next = advance();
            if (next == null) {
                return stuck();
            }
        }
        return new Verdict.Explained<>(visited.states());
    }

    private @Nullable Point<S, I, O> advance() {
        while (!branches.isEmpty()) {
            Point<S, I, O> next = branches.element().next();
            if (next != null || visited.isFull()) {
                return next;
            }
            branches.pop();
        }
        return null;
    }

    /** What can follow a point: an answered call, or some of unknown outcome and then an answered one. */
    private final class Branch {
        /** By turn: numbers of answered calls, and complements of numbers of those of unknown outcome that have one. */
        private final List<Integer> candidates = new ArrayList<>();
        /** The next end of an answered call: what starts after it must wait. */
        private final Call<I, O> firstToEnd;

        private final Deque<Point<S, I, O>> others = new ArrayDeque<>(1);
        private @Nullable Point<S, I, O> at;
        private int tried;

        Branch(Point<S, I, O> point) {
            at = point;
            for (int call : point.place().missing) {
                candidates.add(call);
            }
            long end = candidates.stream()
                    .mapToLong(call -> answered.get(call).end())
                    .min()
                    .orElse(Call.NEVER);
            for (int call = point.place().top; call < answered.size(); call++) {
                if (answered.get(call).start() > end) {
                    break;
                }
                candidates.add(call);
                end = Math.min(end, answered.get(call).end());
            }
            firstToEnd = answered.get(Collections.min(
                    candidates, comparingLong(call -> answered.get(call).end())));
            for (int call : likely) {
                if (unknown.get(call).start() < end && !point.used().get(call)) {
                    candidates.add(~call);
                }
            }
            candidates.sort(comparingLong(Search.this::turn));
            most = Math.max(most, point.place().placed());
            if (culprit == null || firstToEnd.end() > culprit.end()) {
                culprit = firstToEnd;
                furthest = point;
            }
        }

        @Nullable
        Point<S, I, O> next() {
            while (at != null && !visited.isFull()) {
                while (tried < 2 * candidates.size()) {
                    int candidate = candidates.get(tried % candidates.size());
                    boolean changing = tried++ >= candidates.size();
                    Point<S, I, O> next = null;
                    if (candidate >= 0) {
                        next = place(at, candidate, changing);
                    } else if (changing) {
                        next = suppose(at, ~candidate);
                    }
                    if (next != null) {
                        return next;
                    }
                }
                supposeAny(at);
                at = others.poll();
                tried = 0;
            }
            return null;
        }

        private @Nullable Point<S, I, O> place(Point<S, I, O> point, int number, boolean changing) {
            Call<I, O> call = answered.get(number);
            Optional<S> state = judge(point.place().state, call);
            if (state.isEmpty() || changing == state.get().equals(point.place().state)) {
                return null;
            }
            Place<S> place = point.place().with(number, state.get());
            return visited.add(place, point.used()) ? new Point<>(place, point.used(), point, call) : null;
        }

        private void supposeAny(Point<S, I, O> point) {
            for (int number = 0; number < sameBefore.length && !visited.isFull(); number++) {
                if (unknown.get(number).start() > firstToEnd.end()) {
                    return;
                }
                Point<S, I, O> next = suppose(point, number);
                if (next != null) {
                    others.add(next);
                }
            }
        }
    }

    /** Supposes that a call of unknown outcome took effect here, unless that changes nothing. */
    private @Nullable Point<S, I, O> suppose(Point<S, I, O> point, int number) {
        if (point.used().get(number)
                || (sameBefore[number] >= 0 && !point.used().get(sameBefore[number]))) {
            return null;
        }
        Call<I, O> call = unknown.get(number);
        S state = supposed(point.place().state, call);
        if (state.equals(point.place().state)) {
            return null;
        }
        BitSet used = (BitSet) point.used().clone();
        used.set(number);
        Place<S> place = point.place().in(state);
        return visited.add(place, used) ? new Point<>(place, used, point, call) : null;
    }

    private long turn(int candidate) {
        return candidate >= 0 ? answeredTurns.get(candidate) : unknownTurns.get(~candidate);
    }

    private Optional<S> judge(S state, Call<I, O> call) {
        try {
            // Only answered calls are judged.
            return model.next(state, call.operation(), ((Outcome.Answered<O>) call.outcome()).answer());
        } catch (RuntimeException failure) {
            throw failed(state, call, failure);
        }
    }

    private S supposed(S state, Call<I, O> call) {
        try {
            return model.unanswered(state, call.operation());
        } catch (RuntimeException failure) {
            throw failed(state, call, failure);
        }
    }

    private IllegalArgumentException failed(S state, Call<I, O> call, RuntimeException failure) {
        return new IllegalArgumentException(
                "the model '" + model.name() + "' fails at " + call + " of entity '" + key + "' in state " + state
                        + ": " + failure.getMessage(),
                failure);
    }

    private Verdict<I, O> stuck() {
        Point<S, I, O> end = reached(furthest);
        Deque<Call<I, O>> placed = new ArrayDeque<>();
        for (Point<S, I, O> point = end; point != null && point.last() != null; point = point.before()) {
            placed.addFirst(point.last());
        }
        List<Call<I, O>> order = List.copyOf(placed);
        S state = end.place().state;
        return visited.isFull()
                ? new Verdict.Undecided<>(visited.states(), order, state, reached(culprit), most)
                : new Verdict.Unexplained<>(visited.states(), order, state, reached(culprit));
    }

    private static <T> T reached(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("a search that ends without an order has been at a branch");
        }
        return value;
    }
}
