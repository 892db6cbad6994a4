package io.shardhold.internal.wire;

import io.shardhold.internal.protocol.Entry;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapSegment;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.MapValue.MemberEntry;
import io.shardhold.internal.protocol.MapValue.PlacementEntry;
import io.shardhold.internal.protocol.MapValue.Seats;
import io.shardhold.internal.protocol.MapValue.TypeShards;
import io.shardhold.internal.protocol.Placement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entries of the replicated map and stretches of them. A value begins with the kind of its key. */
final class MapCodec {
    private MapCodec() {}

    static void writeKey(WireWriter out, EntryKey key) {
        WireTags.ENTRY_KIND.write(out, key.kind());
        out.writeString(key.name());
        out.writeVarLong(key.number());
    }

    static EntryKey readKey(WireReader in) throws WireException {
        return new EntryKey(WireTags.ENTRY_KIND.read(in), in.readString(), in.readVarLong());
    }

    static void writeEntry(WireWriter out, Entry entry) {
        writeValue(out, entry.value());
        ValueCodec.writeStamp(out, entry.stamp());
    }

    static Entry readEntry(WireReader in) throws WireException {
        return new Entry(readValue(in), ValueCodec.readStamp(in));
    }

    static void writeEntries(WireWriter out, List<Entry> entries) {
        out.writeList(entries, MapSegment.MAX_ENTRIES, MapCodec::writeEntry);
    }

    static List<Entry> readEntries(WireReader in) throws WireException {
        return in.readList(MapSegment.MAX_ENTRIES, MapCodec::readEntry);
    }

    static void writeSegment(WireWriter out, MapSegment segment) {
        out.writeVarLong(segment.number());
        out.writeVarLong(segment.from());
        out.writeVarLong(segment.to());
        out.writeVarLong(segment.snapshotStart());
        out.writeVarLong(segment.snapshotEnd());
        writeEntries(out, segment.entries());
    }

    static MapSegment readSegment(WireReader in) throws WireException {
        return new MapSegment(
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong(),
                readEntries(in));
    }

    private static void writeValue(WireWriter out, MapValue value) {
        EntryKey.Kind kind = value.key().kind();
        WireTags.ENTRY_KIND.write(out, kind);
        switch (kind) {
            case SEATS -> writeSeats(out, (Seats) value);
            case TYPE -> {
                TypeShards type = (TypeShards) value;
                out.writeString(type.type());
                out.writeSignedInt(type.shards());
            }
            case MEMBER -> ValueCodec.writeMember(out, ((MemberEntry) value).member());
            case PLACEMENT -> writePlacement(out, (PlacementEntry) value);
        }
    }

    private static MapValue readValue(WireReader in) throws WireException {
        return switch (WireTags.ENTRY_KIND.read(in)) {
            case SEATS -> readSeats(in);
            case TYPE -> new TypeShards(in.readString(), in.readSignedInt());
            case MEMBER -> new MemberEntry(ValueCodec.readMember(in));
            case PLACEMENT -> new PlacementEntry(ValueCodec.readShard(in), readPlacement(in));
        };
    }

    static void writeSeats(WireWriter out, Seats seats) {
        out.writeVarLong(seats.configuration());
        ValueCodec.writeSeeds(out, seats.seeds());
        out.writeList(
                seats.holders(), ValueCodec.MAX_SEEDS, (to, holder) -> to.writeOptional(holder, ValueCodec::writeNode));
    }

    static Seats readSeats(WireReader in) throws WireException {
        return new Seats(
                in.readVarLong(),
                ValueCodec.readSeeds(in),
                in.readList(ValueCodec.MAX_SEEDS, seat -> seat.readOptional(ValueCodec::readNode)));
    }

    private static void writePlacement(WireWriter out, PlacementEntry entry) {
        ValueCodec.writeShard(out, entry.shard());
        Placement placement = entry.placement();
        ValueCodec.writeNode(out, placement.home());
        ValueCodec.writeEpoch(out, placement.epoch());
        Placement.@Nullable Move move = placement.move();
        out.writeBool(move != null);
        if (move != null) {
            ValueCodec.writeNode(out, move.target());
            ValueCodec.writeEpoch(out, move.epoch());
        }
    }

    private static Placement readPlacement(WireReader in) throws WireException {
        return new Placement(
                ValueCodec.readNode(in),
                ValueCodec.readEpoch(in),
                in.readBool() ? new Placement.Move(ValueCodec.readNode(in), ValueCodec.readEpoch(in)) : null);
    }
}
