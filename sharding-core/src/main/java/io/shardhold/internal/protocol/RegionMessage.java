package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;
import java.util.List;

/** Messages to a region: directives of the coordinator, and what other regions tell it. */
public sealed interface RegionMessage extends ControlMessage {
    @Override
    default Family family() {
        return Family.REGION;
    }

    void dispatch(NodeId from, Handler handler);

    /** One method per message. */
    interface Handler {
        void onAnnounce(NodeId from, Announce message);

        void onRegistered(NodeId from, Registered message);

        void onHostShards(NodeId from, HostShards message);

        void onBeginHandOff(NodeId from, BeginHandOff message);

        void onHandOff(NodeId from, HandOff message);

        void onStopAcknowledged(NodeId from, StopAcknowledged message);

        void onHostMoved(NodeId from, HostMoved message);

        void onShardsStarted(NodeId from, ShardsStarted message);
    }

    /** The coordinator of this term is active; regions register with it. */
    record Announce(Term term) implements RegionMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onAnnounce(from, this);
        }
    }

    /** The coordinator has the region's registration. */
    record Registered(Term term) implements RegionMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onRegistered(from, this);
        }
    }

    /** Directive: host these shards under these epochs. */
    record HostShards(Term term, List<ShardEpoch> shards) implements RegionMessage {
        public HostShards {
            shards = List.copyOf(shards);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onHostShards(from, this);
        }
    }

    /** Directive: park messages for these shards, they are about to move. */
    record BeginHandOff(Term term, List<ShardEpoch> shards) implements RegionMessage {
        public BeginHandOff {
            shards = List.copyOf(shards);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onBeginHandOff(from, this);
        }
    }

    /** Directive: stop these shards and hand them to their targets. */
    record HandOff(Term term, List<ShardMove> moves) implements RegionMessage {
        public HandOff {
            moves = List.copyOf(moves);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onHandOff(from, this);
        }
    }

    /** The coordinator knows that these epochs are over. */
    record StopAcknowledged(Term term, List<ShardEpoch> shards) implements RegionMessage {
        public StopAcknowledged {
            shards = List.copyOf(shards);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onStopAcknowledged(from, this);
        }
    }

    /** From the owner that has stopped to the target: the shard is yours, as your own copy of the map will show. */
    record HostMoved(long clusterId, ShardMove move) implements RegionMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onHostMoved(from, this);
        }
    }

    /** From a home to all regions: messages for these shards are welcome now. */
    record ShardsStarted(long clusterId, List<ShardEpoch> shards) implements RegionMessage {
        public ShardsStarted {
            shards = List.copyOf(shards);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onShardsStarted(from, this);
        }
    }
}
