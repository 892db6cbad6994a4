package io.shardhold.internal.protocol;

import io.shardhold.cluster.NodeId;
import java.util.Optional;

/** Messages to the machine that counts consents and so knows the right to serve. */
public sealed interface DetectorMessage extends ControlMessage {
    @Override
    default Family family() {
        return Family.DETECTOR;
    }

    void dispatch(NodeId from, Handler handler);

    /** One method per message. */
    interface Handler {
        void onProbeAck(NodeId from, ProbeAck message);
    }

    /** What a seat says to a node that probes it. */
    enum Consent {
        /** The seat holds an up or leaving entry of the node: it may serve, as far as this seat is concerned. */
        GIVEN,
        /** The seat knows nothing of the node. */
        UNKNOWN,
        /** The seat has accepted a verdict on the node that may not be on a quorum yet, or does not vouch for another reason. */
        WITHHELD,
        /** A committed verdict removed the node. */
        REMOVED
    }

    /**
     * A seat's answer to a probe.
     *
     * @param probe sequence of the probe that it answers
     * @param clusterId cluster and
     * @param configuration configuration under which the seat speaks
     * @param leader who the seat thinks should coordinate
     * @param active the term of an active coordinator that the seat is in contact with
     * @param committed how far that coordinator says its writes are on a quorum
     * @param highestNumber highest term number that the seat has promised or seen
     */
    record ProbeAck(
            long probe,
            long clusterId,
            long configuration,
            Consent consent,
            Optional<NodeId> leader,
            Optional<Term> active,
            long committed,
            long highestNumber)
            implements DetectorMessage {
        public ProbeAck {
            Numbers.check(highestNumber, committed);
        }

        @Override
        public void dispatch(NodeId from, Handler handler) {
            handler.onProbeAck(from, this);
        }
    }
}
