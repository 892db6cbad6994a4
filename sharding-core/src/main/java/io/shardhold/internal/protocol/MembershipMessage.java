package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;
import java.util.List;
import java.util.Optional;

/** Messages to the machine that finds, founds, joins and leaves a cluster. */
public sealed interface MembershipMessage extends ControlMessage {
    @Override
    default Family family() {
        return Family.MEMBERSHIP;
    }

    void dispatch(NodeId from, Handler handler);

    /** One method per message, so that the compiler proves that each is handled. */
    interface Handler {
        void onSeek(NodeId from, Seek message);

        void onSeekReply(NodeId from, SeekReply message);

        void onAgreeRequest(NodeId from, AgreeRequest message);

        void onAgreed(NodeId from, Agreed message);

        void onAgreeRefused(NodeId from, AgreeRefused message);

        void onJoinRefused(NodeId from, JoinRefused message);

        void onJoined(NodeId from, Joined message);

        void onVerdictNotice(NodeId from, VerdictNotice message);
    }

    /** Where a node stands with respect to a cluster. */
    enum Standing {
        /** Belongs to no cluster and looks for one. */
        SEEKING,
        /** Has been without the right to serve and without a word of a coordinator for so long that it would start over. */
        WOULD_GIVE_UP,
        /** Belongs to a cluster. */
        MEMBER
    }

    /**
     * "Who is there?", to a seed address.
     *
     * @param seeds the sender's seed list, to be compared; empty if the sender is no seed
     */
    record Seek(List<String> seeds) implements MembershipMessage {
        public Seek {
            seeds = List.copyOf(seeds);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onSeek(from, this);
        }
    }

    /**
     * The answer to {@link Seek}.
     *
     * @param clusterId the cluster that the answering node belongs to, 0 if none
     * @param mayServe whether the answering node has the right to serve, which proves that its cluster has a quorum
     * @param coordinator the active coordinator, as far as it knows
     * @param mayLead whether it could found or coordinate; not if it does not reach the lease
     * @param highestNumber highest term number that it has seen or promised
     * @param seeds its own seed list
     */
    record SeekReply(
            Standing standing,
            long clusterId,
            boolean mayServe,
            Optional<NodeId> coordinator,
            boolean mayLead,
            long highestNumber,
            List<String> seeds)
            implements MembershipMessage {
        public SeekReply {
            Numbers.check(highestNumber, 0);
            seeds = List.copyOf(seeds);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onSeekReply(from, this);
        }
    }

    /** A candidate asks a seed to agree that it founds a cluster under a number. */
    record AgreeRequest(long number, List<String> seeds) implements MembershipMessage {
        public AgreeRequest {
            Numbers.check(number, 0);
            seeds = List.copyOf(seeds);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onAgreeRequest(from, this);
        }
    }

    /** The seed agrees: it belongs to no cluster and accepts no lower number any more. */
    record Agreed(long number, Declaration declaration) implements MembershipMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onAgreed(from, this);
        }
    }

    /**
     * The seed does not agree.
     *
     * @param highestNumber a number that the candidate has to exceed; 0 if the number was not the reason
     * @param seeds the seed's own list if the lists differ, else empty
     */
    record AgreeRefused(long number, long highestNumber, List<String> seeds) implements MembershipMessage {
        public AgreeRefused {
            Numbers.check(highestNumber, 0);
            seeds = List.copyOf(seeds);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onAgreeRefused(from, this);
        }
    }

    /** The coordinator does not admit the node; the reason names the values and the remedy. */
    record JoinRefused(String reason) implements MembershipMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onJoinRefused(from, this);
        }
    }

    /** The node's up entry is on a quorum. */
    record Joined(Term term) implements MembershipMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onJoined(from, this);
        }
    }

    /** "The cluster has removed you": sent on and on to members that were lost. */
    record VerdictNotice(long clusterId) implements MembershipMessage {
        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onVerdictNotice(from, this);
        }
    }
}
