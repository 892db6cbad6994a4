package io.shardhold.examples.ledger;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports on loopback that nobody listens on. Not by asking the system for any free port: that comes from the range of
 * outgoing connections, so that while a killed node is away another process may take its port, or connect to itself.
 */
final class FreePorts {
    /** Below the range of outgoing connections on Linux, macOS and Windows. */
    private static final int FIRST = 15_000;

    private static final int LAST = 29_999;

    private FreePorts() {}

    static List<Integer> find(int count) throws IOException {
        int size = LAST - FIRST + 1;
        int start = ThreadLocalRandom.current().nextInt(size);
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < size && ports.size() < count; i++) {
            int port = FIRST + (start + i) % size;
            if (isFree(port)) {
                ports.add(port);
            }
        }
        if (ports.size() < count) {
            throw new IOException(
                    "fewer than " + count + " free ports from " + FIRST + " to " + LAST + " on 127.0.0.1");
        }
        return ports;
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
