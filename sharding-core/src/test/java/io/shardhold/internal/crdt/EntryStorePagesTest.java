package io.shardhold.internal.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Stamp;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Pages fit the frame of a control message, whatever the entries are; the seed is printed on failure. */
class EntryStorePagesTest {
    private static final int PAGE_BYTES = 512 * 1024;
    private static final int ROUNDS = 40;
    private static final long NUMBER = 4;

    /** A member that brings along so many characters. */
    private static MapValue.MemberEntry member(int index, int characters) {
        return new MapValue.MemberEntry(new Member(
                Samples.node("m" + index),
                new TreeSet<>(),
                "z".repeat(characters),
                1,
                "",
                new TreeMap<>(),
                MemberStatus.UP,
                index));
    }

    /** What one term wrote: small entries, large ones, and now and then one that fills a page alone. */
    private static List<Entry> entries(SeededChance chance) {
        List<Entry> drawn = new ArrayList<>();
        int count = 1 + chance.below(1_500);
        int most = 1 + chance.below(12_000);
        for (int i = 1; i <= count; i++) {
            MapValue value;
            if (chance.below(4) > 0) {
                value = Samples.placed(i, Samples.node("n1"), new Epoch(NUMBER, i));
            } else {
                value = member(i, chance.below(200) == 0 ? PAGE_BYTES : chance.below(most));
            }
            drawn.add(new Entry(value, new Stamp(NUMBER, i)));
        }
        return drawn;
    }

    private static long bytes(List<Entry> page) {
        return page.stream().mapToLong(e -> e.value().sizeBytes()).sum();
    }

    /** A page is bounded, and so full that the next entry would not fit. */
    private static void assertFits(List<Entry> page, List<Entry> rest, long seed) {
        assertThat(page).as("seed %s", seed).isNotEmpty().hasSizeLessThanOrEqualTo(EntryStore.PAGE_ENTRIES);
        assertThat(page.size() == 1 || bytes(page) <= PAGE_BYTES)
                .as("%s bytes in a page of %s, seed %s", bytes(page), page.size(), seed)
                .isTrue();
        if (!rest.isEmpty() && page.size() < EntryStore.PAGE_ENTRIES) {
            assertThat(bytes(page) + rest.get(0).value().sizeBytes())
                    .as("the page could have held one more, seed %s", seed)
                    .isGreaterThan(PAGE_BYTES);
        }
    }

    @Test
    void pagesByKeyAreBoundedByNumberAndByBytesAndAreTheWholeMap() {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            EntryStore store = new EntryStore();
            entries(new SeededChance(seed)).forEach(store::merge);
            List<Entry> left = new ArrayList<>(store.entries());
            EntryKey after = EntryKey.NONE;
            while (!left.isEmpty()) {
                List<Entry> page = store.pageAfter(after);
                assertThat(page).as("seed %s", seed).isEqualTo(left.subList(0, page.size()));
                left = left.subList(page.size(), left.size());
                assertFits(page, left, seed);
                after = page.get(page.size() - 1).key();
            }
            assertThat(store.pageAfter(after)).as("seed %s", seed).isEmpty();
        }
    }

    @Test
    void segmentsAreBoundedByNumberAndByBytesAndAreAllThatTheTermWrote() {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            EntryStore store = new EntryStore();
            List<Entry> left = entries(new SeededChance(seed));
            left.forEach(store::merge);
            long end = left.size();
            long position = 0;
            while (position < end) {
                MapSegment segment = store.segment(NUMBER, position, end, 0, end);
                List<Entry> page = segment.entries();
                assertThat(page).as("seed %s", seed).isEqualTo(left.subList(0, page.size()));
                left = left.subList(page.size(), left.size());
                assertFits(page, left, seed);
                assertThat(segment.from()).as("seed %s", seed).isEqualTo(position);
                assertThat(segment.to()).as("seed %s", seed).isGreaterThan(position);
                position = segment.to();
            }
            assertThat(left).as("seed %s", seed).isEmpty();
        }
    }

    @Test
    void entryThatIsLargerThanAPageTravelsAlone() {
        EntryStore store = new EntryStore();
        store.merge(new Entry(member(1, 1), new Stamp(NUMBER, 1)));
        store.merge(new Entry(member(2, PAGE_BYTES), new Stamp(NUMBER, 2)));
        store.merge(new Entry(member(3, 1), new Stamp(NUMBER, 3)));
        assertThat(store.segment(NUMBER, 0, 3, 0, 3).to()).isEqualTo(1);
        assertThat(store.segment(NUMBER, 1, 3, 0, 3).to()).isEqualTo(2);
        assertThat(store.segment(NUMBER, 2, 3, 0, 3).to()).isEqualTo(3);
    }
}
