package io.shardhold.internal.kernel;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.signal.Signal;
import org.jspecify.annotations.Nullable;

/**
 * A machine that reaches its current turn through {@link #turn()}, so that its methods need not hand it on. Outside of a
 * turn it has none, and asking for it is a bug.
 */
public abstract class TurnedMachine implements Machine, Signal.Handler {
    private @Nullable Turn turn;

    protected TurnedMachine() {}

    /** Handles a message; see {@link Machine#onMessage}. */
    protected abstract void receive(NodeId from, ControlMessage message);

    /** Handles a timer; see {@link Machine#onTimer}. */
    protected abstract void due(Object key);

    /** Called at the beginning of each turn, whatever it handles: a message, or else a signal or a timer. */
    protected void turnBegins(boolean onMessage) {}

    /** Called at the end of each turn, whatever it handled. */
    protected void turnEnds() {}

    @Override
    public final void onMessage(NodeId from, ControlMessage message, Turn current) {
        during(current, true, () -> receive(from, message));
    }

    @Override
    public final void onSignal(Signal signal, Turn current) {
        during(current, false, () -> signal.dispatch(this));
    }

    @Override
    public final void onTimer(Object key, Turn current) {
        during(current, false, () -> due(key));
    }

    protected final Turn turn() {
        if (turn == null) {
            throw new IllegalStateException("outside of a turn");
        }
        return turn;
    }

    private void during(Turn current, boolean onMessage, Runnable handling) {
        turn = current;
        turnBegins(onMessage);
        handling.run();
        turnEnds();
        turn = null;
    }
}
