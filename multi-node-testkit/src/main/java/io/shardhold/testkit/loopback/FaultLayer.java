package io.shardhold.testkit.loopback;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.shardhold.testkit.fault.LinkRule;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the machines of one cluster: each has a port here, at which the others believe it, and behind which its
 * process listens, if one runs. Everything is bound to 127.0.0.1.
 *
 * <p>Concurrency: one event loop owns all state. The methods for tests may be called on any other thread; they take
 * effect there before they return.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing is awaited through the loop
final class FaultLayer implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    private static final long CLOSE_MILLIS = 5_000;

    /** A machine as the layer knows it; {@code target} is 0 while no process runs. */
    private static final class Door {
        private final Channel server;
        private int target;

        Door(Channel server) {
            this.server = server;
        }
    }

    private final long seed;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("loopback-faults", true), NioIoHandler.newFactory());
    private final Map<String, Door> doors = new TreeMap<>();
    private final Map<String, String> machines = new TreeMap<>();
    private final Map<String, Way> ways = new TreeMap<>();
    private final Set<Passage> passages = new LinkedHashSet<>();

    FaultLayer(long seed) {
        this.seed = seed;
    }

    // ---- for tests ---------------------------------------------------------------------------------------------

    /**
     * Opens a port for a machine.
     *
     * @throws IllegalStateException if no port can be had
     */
    int open(String machine) {
        ChannelFuture binding = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.config().setTcpNoDelay(true);
                        Passage passage = new Passage(FaultLayer.this, channel, machine);
                        passages.add(passage);
                        channel.pipeline().addLast(passage.nearEnd());
                    }
                })
                .bind(HOST, 0)
                .awaitUninterruptibly();
        if (binding.cause() != null) {
            throw new IllegalStateException(
                    "no port of " + HOST + " for " + machine + ": "
                            + binding.cause().getMessage(),
                    binding.cause());
        }
        Channel server = binding.channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        onLoop(() -> {
            doors.put(machine, new Door(server));
            return machines.put(HOST + ":" + port, machine);
        });
        return port;
    }

    /** Where the process of a machine listens from now on. */
    void target(String machine, int port) {
        onLoop(() -> {
            door(machine).target = port;
            return machine;
        });
    }

    /** No process runs on the machine: connections to it are refused from now on. */
    void noTarget(String machine) {
        target(machine, 0);
    }

    void rule(String from, String to, LinkRule rule) {
        onLoop(() -> {
            door(from);
            door(to);
            way(from, to).rule(rule);
            each(Passage::ruleChanged);
            return rule;
        });
    }

    /** Breaks the connections that one machine has opened to another. */
    void breakLink(String from, String to) {
        onLoop(() -> {
            each(passage -> {
                if (passage.isFrom(from, to)) {
                    passage.breakOnPurpose();
                }
            });
            return from;
        });
    }

    WayCounts counts(String from, String to) {
        return onLoop(() -> way(from, to).counts());
    }

    /** Closes all ports and connections; the thread has ended when this returns. */
    @Override
    public void close() {
        if (!loop.isShuttingDown()) {
            onLoop(() -> {
                doors.values().forEach(door -> door.server.close());
                each(Passage::breakUp);
                return seed;
            });
            loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        loop.terminationFuture().awaitUninterruptibly(CLOSE_MILLIS);
    }

    private <T> T onLoop(Callable<T> action) {
        return loop.next().submit(action).syncUninterruptibly().getNow();
    }

    // ---- for the connections; loop -----------------------------------------------------------------------------

    EventLoopGroup loop() {
        return loop;
    }

    /** Which machine is at this address; null if none of this cluster. */
    @Nullable
    String machineAt(String address) {
        return machines.get(address);
    }

    int portOf(String machine) {
        return door(machine).target;
    }

    Way way(String from, String to) {
        return ways.computeIfAbsent(from + ">" + to, key -> new Way(from, to, seed));
    }

    void onOver(Passage passage) {
        passages.remove(passage);
    }

    private void each(Consumer<Passage> action) {
        List.copyOf(passages).forEach(action);
    }

    private Door door(String machine) {
        Door door = doors.get(machine);
        if (door == null) {
            throw new IllegalArgumentException("no machine '" + machine + "', only " + doors.keySet());
        }
        return door;
    }
}
