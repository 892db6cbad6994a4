package io.shardhold.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls to show around the one that nothing explains: itself, what its order ends with, what overlaps it.
 *
 * @param calls by start
 * @param left how many calls that overlap it are not shown
 */
record Window<I, O extends @Nullable Object>(List<Call<I, O>> calls, int left) {
    private static final int LAST_OF_ORDER = 4;
    private static final int OVERLAPPING = 6;
    private static final int UNKNOWN = 4;

    static <I, O extends @Nullable Object> Window<I, O> around(
            Call<I, O> culprit, List<Call<I, O>> order, List<Call<I, O>> all) {
        Set<Call<I, O>> shown = new LinkedHashSet<>();
        shown.add(culprit);
        shown.addAll(order.subList(Math.max(0, order.size() - LAST_OF_ORDER), order.size()));
        shown.addAll(nearest(culprit, all, call -> !call.isUnknown(), OVERLAPPING));
        shown.addAll(nearest(culprit, all, Call::isUnknown, UNKNOWN));
        int overlapping = 0;
        for (Call<I, O> call : all) {
            overlapping += call.overlaps(culprit) && !shown.contains(call) ? 1 : 0;
        }
        List<Call<I, O>> byStart = new ArrayList<>(shown);
        byStart.sort(Comparator.comparingLong(Call::start));
        return new Window<>(byStart, overlapping);
    }

    private static <I, O extends @Nullable Object> List<Call<I, O>> nearest(
            Call<I, O> culprit, List<Call<I, O>> all, Predicate<Call<I, O>> which, int most) {
        List<Call<I, O>> found = new ArrayList<>();
        for (Call<I, O> call : all) {
            if (call.start() != culprit.start() && call.overlaps(culprit) && which.test(call)) {
                found.add(call);
            }
        }
        found.sort(Comparator.comparingLong(call -> Math.abs(call.start() - culprit.start())));
        return found.subList(0, Math.min(most, found.size()));
    }
}
