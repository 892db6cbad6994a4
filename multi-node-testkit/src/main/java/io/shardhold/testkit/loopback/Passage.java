package io.shardhold.testkit.loopback;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.wire.WireException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection through the fault layer. Loop of the fault layer.
 *
 * <pre>
 * GREETING (who is it?) → WAITING (until no way is cut) → CONNECTING → OPEN → OVER     each may go straight to OVER
 * </pre>
 *
 * <p>A connection between machines one of which does not hear the other is accepted, because a socket cannot do
 * otherwise, but nobody answers on it: its opener gives up after its own limit, as it would with a network that is cut.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel arrives as its end
final class Passage {
    private static final System.Logger LOG = System.getLogger("io.shardhold.testkit");

    private enum State {
        GREETING,
        WAITING,
        CONNECTING,
        OPEN,
        OVER
    }

    private final FaultLayer layer;
    private final Channel near;
    private final String acceptor;
    private State state = State.GREETING;
    private @Nullable ByteBuf greeting;
    private @Nullable ByteStream there;
    private @Nullable Way backWay;
    private @Nullable ByteStream back;
    private @Nullable Channel far;

    Passage(FaultLayer layer, Channel near, String acceptor) {
        this.layer = layer;
        this.near = near;
        this.acceptor = acceptor;
    }

    /** The end at which the opener of the connection is. */
    ChannelInboundHandlerAdapter nearEnd() {
        return new Ear() {
            @Override
            void onBytes(ByteBuf bytes) {
                onNearBytes(bytes);
            }

            @Override
            void onWritable() {
                flush(back);
            }

            @Override
            void onEnd(boolean reset) {
                onNearEnd(reset);
            }
        };
    }

    private ChannelInboundHandlerAdapter farEnd() {
        return new Ear() {
            @Override
            void onBytes(ByteBuf bytes) {
                if (back == null) {
                    bytes.release();
                } else {
                    back.take(bytes);
                }
            }

            @Override
            void onWritable() {
                flush(there);
            }

            @Override
            void onEnd(boolean reset) {
                onFarEnd(reset);
            }
        };
    }

    private static void flush(@Nullable ByteStream stream) {
        if (stream != null) {
            stream.flush();
        }
    }

    private void onNearBytes(ByteBuf bytes) {
        if (there != null) {
            there.take(bytes);
        } else if (state == State.OVER) {
            bytes.release();
        } else {
            greeting = greeting == null ? bytes : near.alloc().compositeBuffer().addComponents(true, greeting, bytes);
            greet(greeting);
        }
    }

    private void greet(ByteBuf bytes) {
        try {
            Optional<NodeId> opener = Greeting.read(bytes);
            if (opener.isPresent()) {
                onGreeted(layer.machineAt(opener.get().address()), bytes);
            }
        } catch (WireException e) {
            LOG.log(Level.WARNING, "what connects to {0} is no node: {1}", acceptor, e.getMessage());
            breakUp();
        }
    }

    private void onGreeted(@Nullable String opener, ByteBuf bytes) {
        if (opener == null) {
            LOG.log(Level.WARNING, "a node without a machine of this cluster connects to {0}", acceptor);
            breakUp();
            return;
        }
        greeting = null;
        Way out = layer.way(opener, acceptor);
        out.opened();
        ByteStream forth = new ByteStream(out, near, null);
        there = forth;
        backWay = layer.way(acceptor, opener);
        state = State.WAITING;
        forth.take(bytes);
        connectIfClear();
    }

    /** A network that is cut in one direction lets no connection come about: the answer is part of it. */
    private void connectIfClear() {
        ByteStream forth = there;
        Way answers = backWay;
        if (state != State.WAITING
                || forth == null
                || answers == null
                || forth.way().isCut()
                || answers.isCut()) {
            return;
        }
        int port = layer.portOf(acceptor);
        if (port == 0) {
            forth.way().refused();
            breakUp();
            return;
        }
        state = State.CONNECTING;
        new Bootstrap()
                .group(layer.loop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(farEnd())
                .connect(FaultLayer.HOST, port)
                .addListener(connecting -> {
                    if (!connecting.isSuccess()) {
                        forth.way().refused();
                        breakUp();
                    }
                });
    }

    private void onFarOpen(Channel opened) {
        if (state != State.CONNECTING || there == null || backWay == null) {
            opened.close();
            return;
        }
        state = State.OPEN;
        far = opened;
        back = new ByteStream(backWay, opened, near);
        there.sink(opened);
    }

    private void onNearEnd(boolean reset) {
        if (there != null && state == State.OPEN) {
            there.sourceEnded(reset);
            if (back != null) {
                back.sinkGone();
            }
            endIfBothAre();
        } else {
            breakUp();
        }
    }

    private void onFarEnd(boolean reset) {
        if (back != null && there != null && state == State.OPEN) {
            back.sourceEnded(reset);
            there.sinkGone();
            endIfBothAre();
        }
    }

    private void endIfBothAre() {
        if (!near.isActive() && (far == null || !far.isActive())) {
            breakUp();
        }
    }

    /** Whether this is a connection that the one machine has opened to the other. */
    boolean isFrom(String opener, String to) {
        return there != null && there.way() == layer.way(opener, to);
    }

    /** Some rule has changed. */
    void ruleChanged() {
        connectIfClear();
        boolean thereGoesOn = there == null || there.ruleChanged();
        boolean backGoesOn = back == null || back.ruleChanged();
        if (!thereGoesOn || !backGoesOn) {
            breakUp();
        }
    }

    /** Counts the connection as broken by a test, and ends it. */
    void breakOnPurpose() {
        if (there != null) {
            there.way().broken();
        }
        breakUp();
    }

    /** Ends the connection at both ends at once; what waits is dropped. */
    void breakUp() {
        if (state == State.OVER) {
            return;
        }
        state = State.OVER;
        if (greeting != null) {
            greeting.release();
            greeting = null;
        }
        if (there != null) {
            there.sinkGone();
        }
        if (back != null) {
            back.sinkGone();
        }
        close(near);
        if (far != null) {
            close(far);
        }
        layer.onOver(this);
    }

    private static void close(Channel channel) {
        if (channel.isActive()) {
            endsAsReset(channel);
        }
        channel.close();
    }

    /** When this channel is closed, the other end sees a reset, as from a process that has died. */
    static void endsAsReset(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            LOG.log(Level.TRACE, "closed already", e);
        }
    }

    /** Listens at one end. */
    private abstract class Ear extends ChannelInboundHandlerAdapter {
        private boolean reset;

        abstract void onBytes(ByteBuf bytes);

        abstract void onWritable();

        abstract void onEnd(boolean wasReset);

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (context.channel() != near) {
                onFarOpen(context.channel());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object data) {
            onBytes((ByteBuf) data);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            onWritable();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            reset = true;
            if (!(cause instanceof IOException)) {
                LOG.log(
                        Level.WARNING,
                        "a connection to " + acceptor + " ends because of a bug of the fault layer",
                        cause);
            }
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            onEnd(reset);
        }
    }
}
