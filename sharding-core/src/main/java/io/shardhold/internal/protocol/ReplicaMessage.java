package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;

/** Messages between the copies of the map that every node holds: gossip of positions, and pages. Committed entries only. */
public sealed interface ReplicaMessage extends ControlMessage {
    @Override
    default Family family() {
        return Family.REPLICA;
    }

    void dispatch(NodeId from, Handler handler);

    /** One method per message. */
    interface Handler {
        void onMapDigest(NodeId from, MapDigest message);

        void onMapPull(NodeId from, MapPull message);

        void onMapPage(NodeId from, MapPage message);
    }

    /** "My copy has reached this position of this term"; asks for an answer if the receiver is ahead. */
    record MapDigest(long clusterId, long number, long applied) implements ReplicaMessage {
        public MapDigest {
            Numbers.check(number, applied);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onMapDigest(from, this);
        }
    }

    /** Asks for what follows a position of a term. */
    record MapPull(long clusterId, long number, long applied) implements ReplicaMessage {
        public MapPull {
            Numbers.check(number, applied);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onMapPull(from, this);
        }
    }

    /**
     * Committed entries.
     *
     * @param reached how far the sender's copy goes; more than the segment if further pages are to be asked for
     */
    record MapPage(Term term, MapSegment segment, long reached) implements ReplicaMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onMapPage(from, this);
        }
    }
}
