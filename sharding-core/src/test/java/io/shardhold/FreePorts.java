package io.shardhold;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports on loopback that nobody listens on, each given once. Not by asking the system for any free port: that comes from the
 * range of outgoing connections, so that another test in another process may take it before the node binds it, or while the
 * node is away.
 */
public final class FreePorts {
    /** Below the range of outgoing connections on Linux, macOS and Windows. */
    private static final int FIRST = 15_000;

    private static final int SIZE = 15_000;

    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(SIZE));

    private FreePorts() {}

    public static int next() {
        for (int i = 0; i < SIZE; i++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), SIZE);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " on");
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
