package io.shardhold.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * In which order the calls of a queue probably took effect. What can come out comes out; values go in as late as they
 * may, and in an order that neither the calls that put them in nor those that took them out contradict.
 */
final class QueueTurns {
    /** Beyond all ends: what comes out is tried before what goes in. */
    private static final long FIRST_OF_ENQUEUES = 1L << 40;

    private final List<? extends Call<?, ?>> calls;
    private final long[] turns;

    /** A value and when it went in and came out. What never came out counts as coming out after all that did. */
    private record Item(int enqueue, long inStart, long inEnd, long outStart, long outEnd) {}

    QueueTurns(List<? extends Call<?, ?>> calls) {
        this.calls = calls;
        this.turns = new long[calls.size()];
    }

    long[] turns() {
        List<Item> items = ordered(items());
        // Room between any two ends for all that must go in before the second one.
        long scale = calls.size() + 1L;
        long next = Call.NEVER;
        for (int i = items.size() - 1; i >= 0; i--) {
            Item item = items.get(i);
            next = Math.min(next, FIRST_OF_ENQUEUES + item.inEnd * scale) - 1;
            turns[item.enqueue] = next;
        }
        return turns;
    }

    /** By start of the enqueue; without those that nobody answered and whose value nobody saw. */
    private List<Item> items() {
        Map<Object, Call<?, ?>> dequeues = new HashMap<>();
        for (Call<?, ?> call : calls) {
            if (call.operation() instanceof QueueOp.Dequeue<?>
                    && call.outcome() instanceof Outcome.Answered<?> answered
                    && answered.answer() instanceof Optional<?> taken) {
                taken.ifPresent(value -> dequeues.putIfAbsent(value, call));
            }
        }
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < turns.length; i++) {
            Call<?, ?> call = calls.get(i);
            turns[i] = call.end();
            if (call.operation() instanceof QueueOp.Enqueue<?> enqueue
                    && !(call.outcome() instanceof Outcome.NoEffect)) {
                Call<?, ?> out = dequeues.get(enqueue.value());
                if (out != null) {
                    items.add(new Item(i, call.start(), Math.min(call.end(), out.end()), out.start(), out.end()));
                } else if (call.isAnswered()) {
                    items.add(new Item(i, call.start(), call.end(), Call.NEVER, Call.NEVER));
                }
            }
        }
        return items;
    }

    /** Takes again and again an item that no other must precede; the one that comes out first, if there are several. */
    private static List<Item> ordered(List<Item> byStart) {
        PriorityQueue<Item> left = new PriorityQueue<>(Comparator.comparingLong(Item::outEnd));
        left.addAll(byStart);
        boolean[] isTaken = new boolean[byStart.isEmpty() ? 0 : byStart.get(byStart.size() - 1).enqueue + 1];
        List<Item> mayGoIn = new ArrayList<>();
        List<Item> order = new ArrayList<>(byStart.size());
        int started = 0;
        while (order.size() < byStart.size()) {
            long end = mayGoIn.stream().mapToLong(Item::inEnd).min().orElse(Call.NEVER);
            while (started < byStart.size() && byStart.get(started).inStart < end) {
                mayGoIn.add(byStart.get(started));
                end = Math.min(end, byStart.get(started++).inEnd);
            }
            while (isTaken[left.element().enqueue]) {
                left.remove();
            }
            long firstOut = left.element().outEnd;
            Item next = mayGoIn.get(0);
            for (Item item : mayGoIn) {
                boolean isBetter = item.outEnd < next.outEnd || next.outStart > firstOut;
                next = item.outStart <= firstOut && isBetter ? item : next;
            }
            mayGoIn.remove(next);
            isTaken[next.enqueue] = true;
            order.add(next);
        }
        return order;
    }
}
