package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;
import java.util.List;
import java.util.Optional;

/** Messages to the coordinator: what seats, joining nodes and regions say to it. */
public sealed interface CoordinatorMessage extends ControlMessage {
    @Override
    default Family family() {
        return Family.COORDINATOR;
    }

    void dispatch(NodeId from, Handler handler);

    /** One method per message. */
    interface Handler {
        void onPromised(NodeId from, Promised message);

        void onPromiseRefused(NodeId from, PromiseRefused message);

        void onReadPage(NodeId from, ReadPage message);

        void onAccepted(NodeId from, Accepted message);

        void onReplicateRefused(NodeId from, ReplicateRefused message);

        void onBeatAck(NodeId from, BeatAck message);

        void onResignedAck(NodeId from, ResignedAck message);

        void onJoinRequest(NodeId from, JoinRequest message);

        void onLeaveRequest(NodeId from, LeaveRequest message);

        void onFarewell(NodeId from, Farewell message);

        void onRegister(NodeId from, Register message);

        void onHomeQuery(NodeId from, HomeQuery message);

        void onShardsHosted(NodeId from, ShardsHosted message);

        void onHandOffBegun(NodeId from, HandOffBegun message);

        void onShardsStopped(NodeId from, ShardsStopped message);

        void onShardKept(NodeId from, ShardKept message);

        void onDirectiveRefused(NodeId from, DirectiveRefused message);
    }

    /**
     * The seat promises; reading may begin.
     *
     * @param seats the seats as this seat has accepted them, committed or not
     * @param written stamp of that version
     * @param complete stamp at which the latest snapshot begins that this seat holds in full: what is stamped lower and
     *     is not in it, was removed
     */
    record Promised(Term term, MapValue.Seats seats, Stamp written, Stamp complete) implements CoordinatorMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onPromised(from, this);
        }
    }

    /** The seat does not promise: it knows a higher number, or is in contact with an active coordinator. */
    record PromiseRefused(Term term, long highestNumber, Optional<Term> active) implements CoordinatorMessage {
        public PromiseRefused {
            Numbers.check(highestNumber, 0);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onPromiseRefused(from, this);
        }
    }

    /** Entries behind a key, in the order of keys. */
    record ReadPage(Term term, EntryKey after, List<Entry> entries, boolean last) implements CoordinatorMessage {
        public ReadPage {
            entries = List.copyOf(entries);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onReadPage(from, this);
        }
    }

    /** The seat has accepted everything that the term wrote up to a position. */
    record Accepted(Term term, long applied) implements CoordinatorMessage {
        public Accepted {
            Numbers.check(0, applied);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onAccepted(from, this);
        }
    }

    /**
     * The seat did not accept.
     *
     * @param highestNumber higher than the term's if that is why
     * @param applied where the seat stands under the term, if a gap is why
     */
    record ReplicateRefused(Term term, long highestNumber, long applied) implements CoordinatorMessage {
        public ReplicateRefused {
            Numbers.check(highestNumber, applied);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onReplicateRefused(from, this);
        }
    }

    /** Why a seat worries about a member. */
    enum Worry {
        /** Nothing has come from it. */
        SILENT,
        /** It says that it has no right to serve. */
        WITHOUT_RIGHT,
        /** A newer incarnation at the same address has spoken. */
        REPLACED,
        /** It has said goodbye after its last handler had returned. */
        GOODBYE
    }

    /**
     * A member that a seat worries about.
     *
     * @param millis for how long, on the clock of the seat
     */
    record Trouble(NodeId member, Worry worry, long millis) {}

    /** The seat follows the term; it names the members that it worries about. */
    record BeatAck(Term term, long beat, List<Trouble> troubles) implements CoordinatorMessage {
        public BeatAck {
            troubles = List.copyOf(troubles);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onBeatAck(from, this);
        }
    }

    /** The seat knows that the term acts no more. */
    record ResignedAck(Term term) implements CoordinatorMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onResignedAck(from, this);
        }
    }

    /** The sender asks to become a member; it knows of terms up to this number, perhaps of another cluster. */
    record JoinRequest(Declaration declaration, long highestNumber) implements CoordinatorMessage {
        public JoinRequest {
            Numbers.check(highestNumber, 0);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onJoinRequest(from, this);
        }
    }

    /** The sender wants to hand over what it hosts and leave. */
    record LeaveRequest(long clusterId) implements CoordinatorMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onLeaveRequest(from, this);
        }
    }

    /** The sender serves no more and its last handler has returned. */
    record Farewell(long clusterId) implements CoordinatorMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onFarewell(from, this);
        }
    }

    /**
     * What a region hosts, and the highest epoch that it has stopped per shard; in pages.
     *
     * @param page number of this page, from 0
     * @param last whether no further page follows
     */
    record Register(Term term, int page, boolean last, List<ShardEpoch> hosted, List<ShardEpoch> stopped)
            implements CoordinatorMessage {
        public Register {
            hosted = List.copyOf(hosted);
            stopped = List.copyOf(stopped);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onRegister(from, this);
        }
    }

    /** A region holds messages for shards without a home. */
    record HomeQuery(long clusterId, List<ShardKey> shards) implements CoordinatorMessage {
        public HomeQuery {
            shards = List.copyOf(shards);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onHomeQuery(from, this);
        }
    }

    /** The region hosts these shards under these epochs. */
    record ShardsHosted(Term term, List<ShardEpoch> shards) implements CoordinatorMessage {
        public ShardsHosted {
            shards = List.copyOf(shards);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onShardsHosted(from, this);
        }
    }

    /** The region parks messages for these shards. */
    record HandOffBegun(Term term, List<ShardEpoch> shards) implements CoordinatorMessage {
        public HandOffBegun {
            shards = List.copyOf(shards);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onHandOffBegun(from, this);
        }
    }

    /** These epochs are over at the sender: nothing of them runs or will run. Repeated until acknowledged. */
    record ShardsStopped(long clusterId, List<ShardEpoch> shards) implements CoordinatorMessage {
        public ShardsStopped {
            shards = List.copyOf(shards);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onShardsStopped(from, this);
        }
    }

    /** The owner could not stop the shard in time; it serves on, and refuses this handoff for ever. */
    record ShardKept(Term term, ShardMove move) implements CoordinatorMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onShardKept(from, this);
        }
    }

    /** A region obeys only a higher term. */
    record DirectiveRefused(Term refused, long highestNumber) implements CoordinatorMessage {
        public DirectiveRefused {
            Numbers.check(highestNumber, 0);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onDirectiveRefused(from, this);
        }
    }
}
