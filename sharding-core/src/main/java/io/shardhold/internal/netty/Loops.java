package io.shardhold.internal.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.shardhold.internal.wire.Handshake.Plane;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of a transport: one for the control plane, several for the data plane. When a map of many shards is
 * read, written and sent on, the control loop works for a while without a pause; messages of users pass it by, and signs
 * of life do not wait behind messages of users.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the end is awaited by termination
final class Loops {
    private static final int FEWEST = 2;
    private static final int MOST = 8;

    private final EventLoopGroup control = group(1, "shardhold-control");
    private final EventLoopGroup data =
            group(Math.min(MOST, Math.max(FEWEST, Runtime.getRuntime().availableProcessors())), "shardhold-net");

    private static EventLoopGroup group(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    }

    EventLoopGroup of(Plane plane) {
        return switch (plane) {
            case CONTROL -> control;
            case DATA -> data;
        };
    }

    /** Whether the calling thread is one of these. */
    boolean isOnLoop() {
        return contains(control) || contains(data);
    }

    private static boolean contains(EventLoopGroup group) {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    /** Ends the threads; waits for that unless it is one of them that calls. */
    void close(long millis) {
        control.shutdownGracefully(0, millis, TimeUnit.MILLISECONDS);
        data.shutdownGracefully(0, millis, TimeUnit.MILLISECONDS);
        if (!isOnLoop()) {
            control.terminationFuture().awaitUninterruptibly(2 * millis);
            data.terminationFuture().awaitUninterruptibly(2 * millis);
        }
    }
}
