package io.shardhold.internal.wire;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.internal.protocol.Bytes;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.DetectorMessage;
import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.Epoch;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.Placement;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ReplicaMessage;
import io.shardhold.internal.protocol.SeatMessage;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.protocol.ShardMove;
import io.shardhold.internal.protocol.Stamp;
import io.shardhold.internal.protocol.Term;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Random messages of every type from one seed. */
final class RandomMessages {
    private static final String[] WORDS = {"", "a", "cart", "order-7", "zürich", "日本", "😀 smile", "x".repeat(300)};

    private final SplittableRandom random;
    private final Map<Class<?>, Supplier<Object>> makers = new LinkedHashMap<>();

    RandomMessages(long seed) {
        random = new SplittableRandom(seed);
        membership();
        seats();
        coordinator();
        coordinatorOfRegions();
        regions();
        data();
    }

    /** Makers by message type. */
    Map<Class<?>, Supplier<Object>> makers() {
        return makers;
    }

    private <T> void add(Class<T> type, Supplier<? extends T> maker) {
        makers.put(type, maker::get);
    }

    private void membership() {
        add(MembershipMessage.Seek.class, () -> new MembershipMessage.Seek(seeds()));
        add(
                MembershipMessage.SeekReply.class,
                () -> new MembershipMessage.SeekReply(
                        any(MembershipMessage.Standing.values()),
                        any(),
                        flag(),
                        maybe(this::node),
                        flag(),
                        number(),
                        seeds()));
        add(MembershipMessage.AgreeRequest.class, () -> new MembershipMessage.AgreeRequest(number(), seeds()));
        add(MembershipMessage.Agreed.class, () -> new MembershipMessage.Agreed(any(), declaration()));
        add(MembershipMessage.AgreeRefused.class, () -> new MembershipMessage.AgreeRefused(any(), number(), seeds()));
        add(MembershipMessage.JoinRefused.class, () -> new MembershipMessage.JoinRefused(word()));
        add(MembershipMessage.Joined.class, () -> new MembershipMessage.Joined(term()));
        add(MembershipMessage.VerdictNotice.class, () -> new MembershipMessage.VerdictNotice(any()));
        add(
                DetectorMessage.ProbeAck.class,
                () -> new DetectorMessage.ProbeAck(
                        any(),
                        any(),
                        any(),
                        any(DetectorMessage.Consent.values()),
                        maybe(this::node),
                        maybe(this::term),
                        position(),
                        number()));
    }

    private void seats() {
        add(SeatMessage.Probe.class, () -> new SeatMessage.Probe(any(), any(), flag(), flag(), number()));
        add(SeatMessage.PromiseRequest.class, () -> new SeatMessage.PromiseRequest(term()));
        add(SeatMessage.ReadRequest.class, () -> new SeatMessage.ReadRequest(term(), key()));
        add(SeatMessage.Replicate.class, () -> new SeatMessage.Replicate(term(), segment()));
        add(SeatMessage.Beat.class, () -> new SeatMessage.Beat(term(), any(), position()));
        add(SeatMessage.Resigned.class, () -> new SeatMessage.Resigned(term()));
        add(SeatMessage.Goodbye.class, () -> new SeatMessage.Goodbye(any()));
        add(ReplicaMessage.MapDigest.class, () -> new ReplicaMessage.MapDigest(any(), number(), position()));
        add(ReplicaMessage.MapPull.class, () -> new ReplicaMessage.MapPull(any(), number(), position()));
        add(ReplicaMessage.MapPage.class, () -> new ReplicaMessage.MapPage(term(), segment(), any()));
    }

    private void coordinator() {
        add(
                CoordinatorMessage.Promised.class,
                () -> new CoordinatorMessage.Promised(term(), occupation(), stamp(), stamp()));
        add(
                CoordinatorMessage.PromiseRefused.class,
                () -> new CoordinatorMessage.PromiseRefused(term(), number(), maybe(this::term)));
        add(
                CoordinatorMessage.ReadPage.class,
                () -> new CoordinatorMessage.ReadPage(term(), key(), list(() -> new Entry(value(), stamp())), flag()));
        add(CoordinatorMessage.Accepted.class, () -> new CoordinatorMessage.Accepted(term(), position()));
        add(
                CoordinatorMessage.ReplicateRefused.class,
                () -> new CoordinatorMessage.ReplicateRefused(term(), number(), position()));
        add(CoordinatorMessage.BeatAck.class, () -> new CoordinatorMessage.BeatAck(term(), any(), list(this::trouble)));
        add(CoordinatorMessage.ResignedAck.class, () -> new CoordinatorMessage.ResignedAck(term()));
    }

    private void coordinatorOfRegions() {
        add(CoordinatorMessage.JoinRequest.class, () -> new CoordinatorMessage.JoinRequest(declaration(), number()));
        add(CoordinatorMessage.LeaveRequest.class, () -> new CoordinatorMessage.LeaveRequest(any()));
        add(CoordinatorMessage.Farewell.class, () -> new CoordinatorMessage.Farewell(any()));
        add(
                CoordinatorMessage.Register.class,
                () -> new CoordinatorMessage.Register(
                        term(), random.nextInt(), flag(), list(this::shardEpoch), list(this::shardEpoch)));
        add(CoordinatorMessage.HomeQuery.class, () -> new CoordinatorMessage.HomeQuery(any(), list(this::shard)));
        add(
                CoordinatorMessage.ShardsHosted.class,
                () -> new CoordinatorMessage.ShardsHosted(term(), list(this::shardEpoch)));
        add(
                CoordinatorMessage.HandOffBegun.class,
                () -> new CoordinatorMessage.HandOffBegun(term(), list(this::shardEpoch)));
        add(
                CoordinatorMessage.ShardsStopped.class,
                () -> new CoordinatorMessage.ShardsStopped(any(), list(this::shardEpoch)));
        add(CoordinatorMessage.ShardKept.class, () -> new CoordinatorMessage.ShardKept(term(), move()));
        add(CoordinatorMessage.DirectiveRefused.class, () -> new CoordinatorMessage.DirectiveRefused(term(), number()));
    }

    private void regions() {
        add(RegionMessage.Announce.class, () -> new RegionMessage.Announce(term()));
        add(RegionMessage.Registered.class, () -> new RegionMessage.Registered(term()));
        add(RegionMessage.HostShards.class, () -> new RegionMessage.HostShards(term(), list(this::shardEpoch)));
        add(RegionMessage.BeginHandOff.class, () -> new RegionMessage.BeginHandOff(term(), list(this::shardEpoch)));
        add(RegionMessage.HandOff.class, () -> new RegionMessage.HandOff(term(), list(this::move)));
        add(
                RegionMessage.StopAcknowledged.class,
                () -> new RegionMessage.StopAcknowledged(term(), list(this::shardEpoch)));
        add(RegionMessage.HostMoved.class, () -> new RegionMessage.HostMoved(any(), move()));
        add(RegionMessage.ShardsStarted.class, () -> new RegionMessage.ShardsStarted(any(), list(this::shardEpoch)));
    }

    private void data() {
        add(Envelope.class, this::envelope);
        add(DataMessage.Bounce.class, () -> new DataMessage.Bounce(envelope()));
        add(DataMessage.Reply.class, () -> new DataMessage.Reply(any(), new Bytes(bytes())));
        add(
                DataMessage.AskFailure.class,
                () -> new DataMessage.AskFailure(any(), any(UndeliveredReason.values()), word()));
        add(DataMessage.Marker.class, () -> new DataMessage.Marker(shard(), any()));
        add(DataMessage.MarkerAnswer.class, () -> new DataMessage.MarkerAnswer(shard(), any()));
    }

    NodeId node() {
        String host = "10.0.0." + random.nextInt(256);
        int port = 1 + random.nextInt(65_535);
        String name = flag() ? host + ":" + port : "node-" + random.nextInt(10);
        return new NodeId(name, host, port, 1 + random.nextLong(Long.MAX_VALUE));
    }

    private Envelope envelope() {
        return new Envelope(shard(), word(), any(), any(), flag() ? "message" : null, bytes());
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Term term() {
        return new Term(any() | 1, 1 + random.nextLong(Term.MAX_NUMBER), node());
    }

    private Stamp stamp() {
        return new Stamp(any(), any());
    }

    private Epoch epoch() {
        return new Epoch(random.nextLong(Term.MAX_NUMBER + 1), random.nextInt(Epoch.MAX_SEQUENCE + 1));
    }

    private ShardKey shard() {
        return new ShardKey(word(), random.nextInt(ShardKey.MAX_SHARDS));
    }

    private ShardEpoch shardEpoch() {
        return new ShardEpoch(shard(), epoch());
    }

    private ShardMove move() {
        return new ShardMove(shardEpoch(), node(), epoch());
    }

    private EntryKey key() {
        return new EntryKey(any(EntryKey.Kind.values()), word(), any());
    }

    private CoordinatorMessage.Trouble trouble() {
        return new CoordinatorMessage.Trouble(node(), any(CoordinatorMessage.Worry.values()), any());
    }

    private MapValue.Seats occupation() {
        List<String> seeds = list(this::word);
        seeds.add("10.0.0.1:7350");
        List<Optional<NodeId>> holders = new ArrayList<>();
        seeds.forEach(seed -> holders.add(maybe(this::node)));
        return new MapValue.Seats(any(), seeds, holders);
    }

    private MapValue value() {
        return switch (random.nextInt(4)) {
            case 0 -> occupation();
            case 1 -> new MapValue.TypeShards(word(), random.nextInt());
            case 2 ->
                new MapValue.MemberEntry(new Member(
                        node(),
                        words(),
                        word(),
                        1 + random.nextInt(1000),
                        word(),
                        types(),
                        any(MemberStatus.values()),
                        any()));
            default ->
                new MapValue.PlacementEntry(
                        shard(), new Placement(node(), epoch(), flag() ? null : new Placement.Move(node(), epoch())));
        };
    }

    private MapSegment segment() {
        long number = any();
        long from = random.nextLong(1000);
        List<Entry> entries = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 1; i <= count; i++) {
            entries.add(new Entry(value(), new Stamp(number, from + i)));
        }
        return new MapSegment(number, from, from + count, 1, 1 + random.nextLong(100), entries);
    }

    private Declaration declaration() {
        return new Declaration(words(), word(), 1 + random.nextInt(1000), word(), types(), types());
    }

    private SortedSet<String> words() {
        return new TreeSet<>(list(this::word));
    }

    private SortedMap<String, Integer> types() {
        SortedMap<String, Integer> types = new TreeMap<>();
        words().stream()
                .filter(type -> !type.isEmpty() && type.length() <= 64)
                .forEach(type -> types.put(type, 1 + random.nextInt(ShardKey.MAX_SHARDS)));
        return types;
    }

    private List<String> seeds() {
        return list(() -> "10.0.0." + random.nextInt(256) + ":7350");
    }

    private String word() {
        return any(WORDS);
    }

    private boolean flag() {
        return random.nextBoolean();
    }

    private long number() {
        return random.nextLong(Term.MAX_NUMBER + 1);
    }

    private long position() {
        return random.nextLong(Long.MAX_VALUE);
    }

    /** Any long; small, large and negative ones alike. */
    private long any() {
        return random.nextLong() >> random.nextInt(64);
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> Optional<T> maybe(Supplier<T> maker) {
        return flag() ? Optional.of(maker.get()) : Optional.empty();
    }

    private <T> List<T> list(Supplier<T> maker) {
        List<T> values = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            values.add(maker.get());
        }
        return values;
    }
}
