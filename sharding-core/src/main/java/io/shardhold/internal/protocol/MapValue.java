package io.shardhold.internal.protocol;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an entry of the replicated map says. */
public sealed interface MapValue {
    /** A node with the longest names. */
    int NODE_BYTES = 2_100;

    EntryKey key();

    /** At least what the value takes up on the wire; for cutting pages. */
    int sizeBytes();

    /**
     * The seats: one per listed seed address, each held by one incarnation or empty. Their number never changes.
     *
     * @param configuration number of this occupation of the seats, never given to another one; consents under different ones
     *     never add up. A coordinator that takes over writes the seats again under the same number
     * @param seeds the seed addresses, in the order of the settings
     * @param holders who holds each seat
     */
    record Seats(long configuration, List<String> seeds, List<Optional<NodeId>> holders) implements MapValue {
        public Seats {
            seeds = List.copyOf(seeds);
            holders = List.copyOf(holders);
            if (seeds.size() != holders.size() || seeds.isEmpty()) {
                throw new IllegalArgumentException(seeds.size() + " seeds and " + holders.size() + " seats");
            }
        }

        /** More than half of the seats; a dead or an empty seat counts as no. */
        public int quorum() {
            return seeds.size() / 2 + 1;
        }

        /** Holders in the order of the seats. */
        public List<NodeId> filled() {
            return holders.stream().flatMap(Optional::stream).toList();
        }

        /** The seats, for people. */
        public List<Seat> list() {
            List<Seat> list = new ArrayList<>();
            for (int i = 0; i < seeds.size(); i++) {
                list.add(new Seat(seeds.get(i), holders.get(i)));
            }
            return list;
        }

        public boolean holds(NodeId node) {
            return holders.contains(Optional.of(node));
        }

        /** The same seats with another holder of one of them. */
        public Seats with(long newConfiguration, int seat, Optional<NodeId> holder) {
            List<Optional<NodeId>> next = new ArrayList<>(holders);
            next.set(seat, holder);
            return new Seats(newConfiguration, seeds, next);
        }

        @Override
        public int sizeBytes() {
            return 64 + seeds.size() * 4 * NODE_BYTES;
        }

        @Override
        public EntryKey key() {
            return EntryKey.SEATS;
        }
    }

    /** The number of shards of an entity type, set by the first member that declares it. */
    record TypeShards(String type, int shards) implements MapValue {
        @Override
        public int sizeBytes() {
            return 32 + 4 * type.length();
        }

        @Override
        public EntryKey key() {
            return EntryKey.type(type);
        }
    }

    /** A member with its status: up, leaving, or the verdict on it. */
    record MemberEntry(Member member) implements MapValue {
        @Override
        public int sizeBytes() {
            int size =
                    NODE_BYTES + 4 * (member.zone().length() + member.version().length());
            for (String role : member.roles()) {
                size += 8 + 4 * role.length();
            }
            for (String type : member.hosts().keySet()) {
                size += 16 + 4 * type.length();
            }
            return size;
        }

        @Override
        public EntryKey key() {
            return EntryKey.member(member.id());
        }
    }

    /** Where a shard lives. */
    record PlacementEntry(ShardKey shard, Placement placement) implements MapValue {
        @Override
        public int sizeBytes() {
            int names =
                    placement.home().name().length() + placement.home().host().length();
            Placement.Move move = placement.move();
            if (move != null) {
                names += move.target().name().length() + move.target().host().length();
            }
            return 96 + 4 * (shard.type().length() + names);
        }

        @Override
        public EntryKey key() {
            return EntryKey.placement(shard);
        }
    }
}
