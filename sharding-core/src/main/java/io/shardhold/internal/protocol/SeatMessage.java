package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;

/** Messages to the machine that keeps a seat: it consents, promises and accepts. */
public sealed interface SeatMessage extends ControlMessage {
    @Override
    default Family family() {
        return Family.SEAT;
    }

    void dispatch(NodeId from, Handler handler);

    /** One method per message. */
    interface Handler {
        void onProbe(NodeId from, Probe message);

        void onPromiseRequest(NodeId from, PromiseRequest message);

        void onReadRequest(NodeId from, ReadRequest message);

        void onReplicate(NodeId from, Replicate message);

        void onBeat(NodeId from, Beat message);

        void onResigned(NodeId from, Resigned message);

        void onGoodbye(NodeId from, Goodbye message);
    }

    /**
     * "I am here; may I serve?"
     *
     * @param mayServe whether the sender has the right at the moment
     * @param mayLead whether the sender could coordinate; not if it does not reach the lease
     */
    record Probe(long clusterId, long probe, boolean mayServe, boolean mayLead, long highestNumber)
            implements SeatMessage {
        public Probe {
            Numbers.check(highestNumber, 0);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onProbe(from, this);
        }
    }

    /** A candidate asks the seat to accept nothing of a lower term any more, and to open its entries to reading. */
    record PromiseRequest(Term term) implements SeatMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onPromiseRequest(from, this);
        }
    }

    /** Asks for the page of entries behind a key, from a seat that has promised to the term. */
    record ReadRequest(Term term, EntryKey after) implements SeatMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onReadRequest(from, this);
        }
    }

    /** A page of what the coordinator writes, to be accepted or refused. */
    record Replicate(Term term, MapSegment segment) implements SeatMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onReplicate(from, this);
        }
    }

    /** "I coordinate, and so much is on a quorum." */
    record Beat(Term term, long beat, long committed) implements SeatMessage {
        public Beat {
            Numbers.check(0, committed);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onBeat(from, this);
        }
    }

    /** The coordinator of this term acts no more. */
    record Resigned(Term term) implements SeatMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onResigned(from, this);
        }
    }

    /** The sender has stopped serving for ever; its last handler has returned. */
    record Goodbye(long clusterId) implements SeatMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onGoodbye(from, this);
        }
    }
}
