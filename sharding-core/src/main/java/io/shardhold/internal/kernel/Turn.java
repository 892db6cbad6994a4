package io.shardhold.internal.kernel;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.signal.Signal;

/**
 * What one machine may do while it handles one input. Signals are handled by all machines before anything else is;
 * messages leave when that is done. Kernel thread.
 */
public interface Turn {
    /** The node that this kernel runs. */
    NodeId self();

    /** Both clocks, read when the turn began: all of a turn happens at one moment. */
    Moment now();

    Chance chance();

    /** Sends to exactly this incarnation; to this node itself too. */
    void send(NodeId to, ControlMessage message);

    /** Sends to whoever runs at this {@code host:port}. */
    void sendToAddress(String address, ControlMessage message);

    void signal(Signal signal);

    /** Starts a timer of the machine; one that runs under an equal key is replaced. */
    void startTimer(Object key, long delayNanos);

    void cancelTimer(Object key);

    /** Asks for the lease when all machines have seen the signals of this turn; see {@link LeasePort#acquire}. */
    void acquireLease(long attempt, long tokenFloor);

    /** Gives the lease up when all machines have seen the signals of this turn: nobody acts under it any more. */
    void releaseLease(long attempt);

    void publish(ClusterEvent event);

    void count(Counter counter);

    void measure(Gauge gauge, long value);

    /** Ends this kernel after the turn: no machine of it is entered any more. */
    void end(Ending ending);
}
