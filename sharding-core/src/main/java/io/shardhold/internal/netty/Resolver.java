package io.shardhold.internal.netty;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns {@code host:port} into a socket address. Names are looked up on threads of their own, at most eight, because a
 * name server that does not answer must not hold up the connections that exist; literal addresses need no look-up.
 */
final class Resolver implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int MAX_WAITING = 4_096;

    private final ThreadPoolExecutor lookups = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            new DefaultThreadFactory("shardhold-resolver", true));

    Resolver() {
        lookups.allowCoreThreadTimeOut(true);
    }

    /** Any thread; completes on the caller's or a look-up thread, exceptionally if there is no such address. */
    CompletableFuture<InetSocketAddress> resolve(String address) {
        int colon = address.lastIndexOf(':');
        int port = colon < 1 ? -1 : portOf(address.substring(colon + 1));
        if (port < 0) {
            return CompletableFuture.failedFuture(new UnknownHostException("not host:port: '" + address + "'"));
        }
        String host = withoutBrackets(address.substring(0, colon));
        byte @Nullable [] literal = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            if (literal != null) {
                return CompletableFuture.completedFuture(
                        new InetSocketAddress(InetAddress.getByAddress(literal), port));
            }
            return CompletableFuture.supplyAsync(() -> new InetSocketAddress(lookUp(host), port), lookups);
        } catch (UnknownHostException | RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void close() {
        lookups.shutdownNow();
    }

    private static InetAddress lookUp(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new CompletionException(e);
        }
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int portOf(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port < 65_536 ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
