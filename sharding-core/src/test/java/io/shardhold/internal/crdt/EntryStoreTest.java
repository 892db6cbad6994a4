package io.shardhold.internal.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.Stamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryStoreTest {
    private static final int ROUNDS = 300;

    /** Version of a shard's entry as some term wrote it; a stamp is given once, so it names the entry. */
    private static Entry version(int shard, long number, long sequence) {
        return new Entry(
                new MapValue.PlacementEntry(
                        new ShardKey(Samples.TYPE, shard),
                        new Placement(Samples.node("n" + (1 + sequence % 3)), new Epoch(number, (int) sequence))),
                new Stamp(number, sequence));
    }

    /** Entries of a few terms: few keys, so that versions meet. */
    private static List<Entry> entries(SeededChance chance) {
        List<Entry> drawn = new ArrayList<>();
        int count = chance.below(40);
        for (int i = 0; i < count; i++) {
            long number = 1 + chance.below(3L);
            long sequence = 1 + chance.below(60L);
            drawn.add(version((int) ((sequence * 7 + number) % 8), number, sequence));
        }
        return drawn;
    }

    private static EntryStore storeOf(Iterable<Entry> entries) {
        EntryStore store = new EntryStore();
        entries.forEach(store::merge);
        return store;
    }

    private static EntryStore joined(EntryStore a, EntryStore b) {
        EntryStore both = storeOf(a.entries());
        b.entries().forEach(both::merge);
        return both;
    }

    private static List<Entry> contents(EntryStore store) {
        List<Entry> byStamp = new ArrayList<>(store.entriesByStamp());
        assertThat(byStamp).as("both orders hold the same").containsExactlyInAnyOrderElementsOf(store.entries());
        assertThat(byStamp).isSortedAccordingTo(Comparator.comparing(Entry::stamp));
        return List.copyOf(store.entries());
    }

    @Test
    void mergeIsCommutativeAssociativeAndIdempotent() {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            SeededChance chance = new SeededChance(seed);
            EntryStore a = storeOf(entries(chance));
            EntryStore b = storeOf(entries(chance));
            EntryStore c = storeOf(entries(chance));
            assertThat(contents(joined(a, b))).as("commutative, seed %s", seed).isEqualTo(contents(joined(b, a)));
            assertThat(contents(joined(joined(a, b), c)))
                    .as("associative, seed %s", seed)
                    .isEqualTo(contents(joined(a, joined(b, c))));
            assertThat(contents(joined(a, a))).as("idempotent, seed %s", seed).isEqualTo(contents(a));
        }
    }

    @Test
    void orderInWhichVersionsArriveDoesNotMatter() {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            List<Entry> history = entries(new SeededChance(seed));
            List<Entry> shuffled = new ArrayList<>(history);
            Collections.shuffle(shuffled, new Random(seed));
            assertThat(contents(storeOf(shuffled))).as("seed %s", seed).isEqualTo(contents(storeOf(history)));
        }
    }

    @Test
    void higherStampWinsAndTheSameOneAgainIsNoNews() {
        EntryStore store = new EntryStore();
        assertThat(store.merge(version(1, 2, 5))).isTrue();
        assertThat(store.merge(version(1, 2, 5))).isFalse();
        assertThat(store.merge(version(1, 1, 99)))
                .as("lower term, higher sequence")
                .isFalse();
        assertThat(store.merge(version(1, 3, 1)))
                .as("higher term, lower sequence")
                .isTrue();
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.get(EntryKey.placement(Samples.shard(1)))).isEqualTo(version(1, 3, 1));
    }

    @Test
    void dropUpToTakesExactlyWhatIsStampedNoHigher() {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            SeededChance chance = new SeededChance(seed);
            EntryStore store = storeOf(entries(chance));
            List<Entry> before = contents(store);
            Stamp bound = new Stamp(chance.below(4L), chance.below(60L));
            List<Entry> dropped = store.dropUpTo(bound);
            assertThat(dropped).as("seed %s", seed).isSortedAccordingTo(Comparator.comparing(Entry::stamp));
            assertThat(dropped).as("seed %s", seed).allMatch(e -> !bound.isBelow(e.stamp()));
            assertThat(dropped).as("seed %s", seed).noneMatch(e -> e.key().equals(EntryKey.SEATS));
            assertThat(contents(store))
                    .as("seed %s", seed)
                    .allMatch(e -> bound.isBelow(e.stamp()) || e.key().equals(EntryKey.SEATS));
            List<Entry> all = new ArrayList<>(dropped);
            all.addAll(store.entries());
            assertThat(all).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(before);
        }
    }

    private static EntryStore written(long number, int count) {
        EntryStore store = new EntryStore();
        for (int i = 1; i <= count; i++) {
            store.merge(version(i, number, i));
        }
        return store;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 1_024, 1_300})
    void segmentsFromZeroOnAreAllThatTheTermWrote(int count) {
        EntryStore store = written(4, count);
        store.merge(version(2_000, 3, 7));
        List<Entry> read = new ArrayList<>();
        long position = 0;
        int pages = 0;
        while (position < count) {
            MapSegment segment = store.segment(4, position, count, 0, count);
            assertThat(segment.from()).isEqualTo(position);
            assertThat(segment.entries()).hasSizeLessThanOrEqualTo(EntryStore.PAGE_ENTRIES);
            assertThat(segment.to()).isGreaterThan(position);
            read.addAll(segment.entries());
            position = segment.to();
            pages++;
        }
        assertThat(read).hasSize(count).allMatch(e -> e.stamp().number() == 4);
        assertThat(read).isSortedAccordingTo(Comparator.comparing(Entry::stamp));
        assertThat(pages).isEqualTo((count + EntryStore.PAGE_ENTRIES - 1) / EntryStore.PAGE_ENTRIES);
    }

    @Test
    void positionsThatWereWrittenOverAreLeapedAndStillReached() {
        EntryStore store = written(4, 600);
        for (int i = 1; i <= 600; i++) {
            store.merge(version(i, 4, 600 + i));
        }
        MapSegment first = store.segment(4, 0, 1_200, 0, 600);
        assertThat(first.entries()).hasSize(EntryStore.PAGE_ENTRIES);
        assertThat(first.entries().get(0).stamp().sequence()).isEqualTo(601);
        MapSegment second = store.segment(4, first.to(), 1_200, 0, 600);
        assertThat(second.to()).isEqualTo(1_200);
        assertThat(second.entries()).hasSize(600 - EntryStore.PAGE_ENTRIES);
        MapSegment emptied = store.segment(4, 0, 600, 0, 600);
        assertThat(emptied.entries()).isEmpty();
        assertThat(emptied.to()).isEqualTo(600);
    }

    @Test
    void segmentBehindTheEndIsEmptyAndGoesNowhere() {
        MapSegment segment = written(4, 10).segment(4, 10, 10, 0, 10);
        assertThat(segment.entries()).isEmpty();
        assertThat(segment.to()).isEqualTo(10);
        assertThat(written(4, 10).segment(4, 12, 10, 0, 10).to()).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 512, 513, 1_024, 1_300})
    void pagesByKeyAreTheWholeMap(int count) {
        EntryStore store = written(4, count);
        List<Entry> read = new ArrayList<>();
        EntryKey after = EntryKey.NONE;
        List<Entry> page = store.pageAfter(after);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(EntryStore.PAGE_ENTRIES);
            read.addAll(page);
            after = page.get(page.size() - 1).key();
            page = store.pageAfter(after);
        }
        assertThat(read).containsExactlyElementsOf(store.entries());
    }

    @Test
    void writingOverAndDroppingAgainAndAgainLosesNothing() {
        SeededChance chance = new SeededChance(11);
        EntryStore store = new EntryStore();
        Map<Integer, Entry> latest = new TreeMap<>();
        for (int sequence = 1; sequence <= 5_000; sequence++) {
            Entry written = version(chance.below(200), 1 + sequence / 1_000, sequence);
            assertThat(store.merge(written)).isTrue();
            latest.put((int) written.key().number(), written);
            if (sequence % 700 == 0) {
                Stamp bound = new Stamp(written.stamp().number(), sequence - 100);
                store.dropUpTo(bound);
                latest.values().removeIf(entry -> !bound.isBelow(entry.stamp()));
            }
        }
        assertThat(contents(store)).containsExactlyElementsOf(latest.values());
    }

    @Test
    void membersAreReadByKeyAndThoseThatServeByAge() {
        EntryStore store = new EntryStore();
        store.merge(Samples.entry(Samples.up(Samples.node("b"), 2), 1, 1));
        store.merge(Samples.entry(Samples.up(Samples.node("c"), 1), 1, 2));
        store.merge(Samples.entry(Samples.inStatus(Samples.node("a"), 0, MemberStatus.DOWN), 1, 3));
        store.merge(version(1, 1, 4));
        assertThat(store.members()).extracting(m -> m.id().name()).containsExactly("a", "b", "c");
        assertThat(store.serving()).extracting(m -> m.id().name()).containsExactly("c", "b");
        assertThat(store.member(Samples.node("b", 2))).as("another incarnation").isEmpty();
        assertThat(store.seats()).isEmpty();
    }
}
