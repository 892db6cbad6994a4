package io.shardhold.internal.coordinator;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.config.Timings;
import io.shardhold.internal.crdt.EntryStore;
import io.shardhold.internal.kernel.Gauge;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.kernel.Wait;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a coordinator has while it writes under one term; thrown away whole when it turns passive. */
final class Tenure {
    /** What the coordinator is given by its node. */
    record Setup(Timings timings, Limits limits, Guards guards, AllocationStrategy strategy, Supplier<Turn> turn) {}

    private final Setup setup;
    private final Writes writes;
    private final ShardTable table;
    private final Troubles troubles;
    private final Removal removal;
    private final Placing placing;
    private final Admission admission;
    private final SeatChanges seatChanges;
    private final boolean founding;
    private @Nullable Wait activationWait;
    private int epochs;
    private long ableNanos;
    private long told;

    private Tenure(Setup setup, Writes writes, boolean founding) {
        this.setup = setup;
        this.writes = writes;
        this.founding = founding;
        this.table = new ShardTable(writes.store(), setup.guards());
        this.troubles = new Troubles(setup.timings());
        this.removal = new Removal(setup, writes, table, troubles);
        this.placing = new Placing(setup, this, removal);
        this.admission = new Admission(setup, this, removal, troubles);
        this.seatChanges = new SeatChanges(setup, this);
        removal.onGone(placing::memberGone);
        table.drained(removal::isDrained);
    }

    /**
     * Adopts a map: everything is written again under the new term, in the old order, epochs unchanged, and the number of
     * the configuration too. The seats may be later than those of the map: a promise told of them. Nothing if this node is not
     * up in it.
     */
    static Optional<Tenure> adopting(Setup setup, Candidacy read) {
        EntryStore merged = read.merged();
        NodeId self = read.term().node();
        if (merged.member(self).filter(m -> m.status() == MemberStatus.UP).isEmpty()) {
            return Optional.empty();
        }
        Writes writes = new Writes(read.term(), read.seats(), setup.guards());
        for (Entry entry : merged.entriesByStamp()) {
            writes.write(entry.key().equals(EntryKey.SEATS) ? read.seats() : entry.value());
        }
        if (writes.store().seats().isEmpty()) {
            writes.write(read.seats()); // a promise told of them, and no page had them: see EntryStore.dropUpTo
        }
        writes.endSnapshot();
        return Optional.of(new Tenure(setup, writes, false));
    }

    /** Begins a cluster: seats, the seeds that agreed, and their entity types. */
    static Tenure founding(Setup setup, Term term, Signal.MajorityAgreed agreed) {
        MapValue.Seats seats = new MapValue.Seats(
                1,
                agreed.seeds(),
                agreed.agreements().stream()
                        .map(a -> a.map(Signal.Agreement::node))
                        .toList());
        Writes writes = new Writes(term, seats, setup.guards());
        writes.write(seats);
        Map<String, Integer> types = new TreeMap<>();
        for (Optional<Signal.Agreement> agreement : agreed.agreements()) {
            agreement.ifPresent(a -> {
                a.declaration().hosts().forEach(types::putIfAbsent);
                a.declaration().routes().forEach(types::putIfAbsent);
            });
        }
        types.forEach((type, shards) -> writes.write(new MapValue.TypeShards(type, shards)));
        for (Optional<Signal.Agreement> agreement : agreed.agreements()) {
            agreement.ifPresent(a -> writes.write(
                    new MapValue.MemberEntry(a.declaration().toMember(a.node(), age(term, writes.nextSequence())))));
        }
        writes.endSnapshot();
        return new Tenure(setup, writes, true);
    }

    /** A number that rises with each member that joins, over all terms. */
    private static long age(Term term, long sequence) {
        return new Epoch(term.number(), Math.toIntExact(sequence)).fence();
    }

    long nextAge() {
        return age(writes.term(), writes.nextSequence());
    }

    Term term() {
        return writes.term();
    }

    Writes writes() {
        return writes;
    }

    ShardTable table() {
        return table;
    }

    Troubles troubles() {
        return troubles;
    }

    Removal removal() {
        return removal;
    }

    Placing placing() {
        return placing;
    }

    Admission admission() {
        return admission;
    }

    SeatChanges seatChanges() {
        return seatChanges;
    }

    boolean isFounding() {
        return founding;
    }

    /** The number of the next placement; never given twice. */
    Epoch nextEpoch() {
        epochs++;
        return new Epoch(term().number(), epochs);
    }

    /** Whether so many numbers are used that the term had better end. */
    boolean isWornOut() {
        return epochs > Epoch.MAX_SEQUENCE / 2 || writes.nextSequence() > Epoch.MAX_SEQUENCE / 2;
    }

    /**
     * Whether shards without a home may be given one: only when every right has ended that an older cluster may have
     * given. Each coordinator waits, not only the founder: it may follow one that had no time to.
     */
    boolean mayPlace(Turn turn) {
        return activationWait != null && setup.guards().mayPlaceFirst(activationWait, turn.now());
    }

    /** The snapshot is on a quorum: everything that waits for a right to end counts from here. */
    void activate(Turn turn) {
        activationWait = new Wait(turn.now(), setup.timings().verdictWait().toNanos());
        troubles.begin(turn.now().monoNanos());
        for (Member member : writes.store().members()) {
            removal.onStatusCommitted(member);
        }
        placing.adopt();
    }

    /** Whether a quorum of the seats has answered within the consent time. */
    boolean hasQuorum(Moment now) {
        return writes.quorumAnswered(now, setup.timings().consent().toNanos());
    }

    /** The coordinator may act at this moment. */
    void onAble(Moment now) {
        ableNanos = now.monoNanos();
    }

    /** Why an active coordinator had better not go on under this term; empty if it may. */
    Optional<String> reasonToResign(Moment now) {
        long detection = setup.timings().detection().toNanos();
        if (setup.guards().mustResign(now.monoNanos() - ableNanos, detection)) {
            return Optional.of("no quorum of seats has answered for the detection time, or the right to serve is lost");
        }
        return isWornOut() ? Optional.of("the term has used up its numbers") : Optional.empty();
    }

    /** Asks regions that have not registered to do so. */
    void announce() {
        Turn turn = setup.turn().get();
        for (Member member : writes.store().serving()) {
            if (!table.isRegistered(member.id())) {
                turn.send(member.id(), new RegionMessage.Announce(term()));
            }
        }
    }

    /** What is done again and again; {@code seldom} also what need not be so often. */
    void tick(boolean seldom) {
        removal.judge();
        removal.checkWaits();
        placing.tick();
        seatChanges.tick();
        announce();
        measure();
        if (seldom) {
            removal.notifyLost();
            removal.forget();
        }
    }

    /** The coordinator turns passive. */
    void end(Turn turn) {
        turn.measure(Gauge.TERM, 0);
        turn.measure(Gauge.WRITES_UNCOMMITTED, 0);
        turn.measure(Gauge.SEAT_LAG, 0);
    }

    private void measure() {
        Turn turn = setup.turn().get();
        turn.measure(Gauge.TERM, term().number());
        turn.measure(Gauge.WRITES_UNCOMMITTED, writes.nextSequence() - 1 - writes.committed());
        turn.measure(Gauge.SEAT_LAG, writes.worstLag());
    }

    /** Whether a member knows of a higher term than this one. */
    boolean isOutranked(NodeId by, long number) {
        return number > term().number() && writes.store().member(by).isPresent();
    }

    boolean isServing(NodeId node) {
        return writes.store().member(node).filter(m -> m.status().mayServe()).isPresent();
    }

    /** What has been committed since this was asked last: told to the copies, and acted upon. */
    void tellCommitted(Turn turn) {
        if (writes.committed() == told) {
            return;
        }
        List<MapSegment> segments = new ArrayList<>(writes.committedBehind(told));
        boolean first = told == 0;
        told = writes.committed();
        turn.signal(new Signal.Committed(term(), writes.committed(), segments));
        if (!first) {
            segments.forEach(segment -> segment.entries().stream()
                    .filter(entry -> !writes.isRewritten(entry.stamp()))
                    .forEach(entry -> act(entry.value())));
        }
    }

    private void act(MapValue committed) {
        if (committed instanceof MapValue.MemberEntry entry) {
            removal.onStatusCommitted(entry.member());
            admission.onStatusCommitted(entry.member());
        } else if (committed instanceof MapValue.PlacementEntry placed) {
            placing.onPlacementCommitted(placed.shard(), placed.placement());
        }
    }
}
