package io.shardhold.lease.k8s;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one API server: HTTP/1.1, one at a time, each with a deadline.
 *
 * <p>Implementation notes. The timeout of {@link HttpRequest} ends when the headers are there, so a body that stalls would
 * never end: the deadline here covers the whole call, is measured in real time, and cancels the exchange, which closes its
 * connection. HTTP/1.1, because an HTTP/2 connection that nobody answers on swallows one call after the other, and because
 * the status of a call that a GOAWAY overtakes is lost. A client of its own, because pool and threads of a shared one
 * outlive the lease. No redirect is followed, no proxy asked, no setting of the JVM changed.
 *
 * <p>The JDK sends again what it believes idempotent and what was sent on a connection that had been closed meanwhile; a
 * PUT it does not. Were it to, then the second could only conflict, which is read as "look".
 *
 * <p>Threads: files are read, and answers delivered, on threads of the client's own pool, which end when they idle.
 */
final class ApiClient {
    private static final System.Logger LOG = System.getLogger("io.shardhold.lease.k8s");

    private static final String USER_AGENT = "shardhold-lease/" + version();

    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Endpoint endpoint;
    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor deadlines;
    private final AtomicReference<@Nullable Attempt> latest = new AtomicReference<>();

    // Guarded by this.
    private @Nullable Link link;
    private boolean closed;

    /** A client and what its TLS is made of. */
    private record Link(HttpClient client, TlsSource.Snapshot tls, long checkedNanos) {}

    /** A request without its credentials. Nobody compares them. */
    @SuppressWarnings("ArrayRecordComponent")
    record Call(String method, String path, byte @Nullable [] body) {}

    /** What came back; of the headers, what somebody asks for. Nobody compares them. */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, byte[] body, String retryAfter) {}

    /** The body is longer than anything that is expected. */
    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1;

        TooLong() {
            super("more than " + Json.MOST_BYTES + " bytes");
        }
    }

    /** @param nanoTime by which files are read again */
    ApiClient(Endpoint endpoint, Duration timeout, LongSupplier nanoTime) {
        this.endpoint = endpoint;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.pool = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                task -> daemon("shardhold-lease-k8s", task));
        this.deadlines = new ScheduledThreadPoolExecutor(1, task -> daemon("shardhold-lease-k8s-deadline", task));
        deadlines.setRemoveOnCancelPolicy(true);
        deadlines.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static String version() {
        String version = ApiClient.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /**
     * Reads certificates and makes the client, so that what is wrong with them is found when a lease is made.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    void check() {
        HttpClient unused = client();
    }

    /**
     * Sends the call; one that is still under way is given up.
     *
     * @return completes with an {@link Answer}, or fails with an {@link IOException}, a {@link TimeoutException}, or an
     *     {@link IllegalArgumentException} if a file is missing, when nothing was sent
     */
    CompletableFuture<Answer> send(Call call) {
        Attempt attempt = new Attempt(call);
        Attempt before = latest.getAndSet(attempt);
        if (before != null) {
            before.giveUp(new IOException("another request followed"));
        }
        attempt.begin();
        return attempt.answered;
    }

    private synchronized HttpClient client() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        long now = nanoTime.getAsLong();
        Link present = link;
        if (present != null && now - present.checkedNanos() < BearerToken.KEPT.toNanos()) {
            return present.client();
        }
        Link renewed = renewed(present, now);
        if (present != null && present.client() != renewed.client()) {
            var unused = leave(present.client());
        }
        link = renewed;
        return renewed.client();
    }

    /** Files that are of no use are being replaced, one after the other; what they held is still the best there is. */
    private Link renewed(@Nullable Link present, long now) {
        try {
            TlsSource.Snapshot tls = endpoint.tls().read();
            HttpClient client = present != null && present.tls().equals(tls) ? present.client() : connect(tls);
            return new Link(client, tls, now);
        } catch (IllegalArgumentException e) {
            if (present == null) {
                throw e;
            }
            LOG.log(System.Logger.Level.WARNING, "the certificates are not renewed: {0}", e.getMessage());
            return new Link(present.client(), present.tls(), now);
        }
    }

    private HttpClient connect(TlsSource.Snapshot tls) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(timeout)
                .executor(pool);
        if (endpoint.isTls()) {
            builder.sslContext(endpoint.tls().context(tls));
        }
        return builder.build();
    }

    /** Ends the call under way and the connection. Does not wait. */
    void close() {
        Attempt attempt = latest.getAndSet(null);
        if (attempt != null) {
            attempt.giveUp(new IOException("closed"));
        }
        HttpClient last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = link == null ? null : link.client();
            link = null;
        }
        pool.setKeepAliveTime(100, TimeUnit.MILLISECONDS);
        if (last == null) {
            deadlines.shutdown();
        } else {
            var unused = leave(last).whenComplete((done, failure) -> deadlines.shutdown());
        }
    }

    /**
     * Closes the connection of a client. From JDK 21 a client can be closed. Before, it keeps an idle connection until it
     * is collected as garbage; so one more request is sent whose answer is not read, after which the connection is of no
     * use any more and the client closes it.
     */
    private CompletableFuture<?> leave(HttpClient client) {
        CompletableFuture<?> left = new CompletableFuture<>();
        if (client instanceof AutoCloseable closeable) {
            Future<?> closing = pool.submit(() -> {
                try {
                    closeable.close();
                } finally {
                    left.complete(null);
                }
                return null;
            });
            // Interrupted, a client that is being closed drops what is under way.
            var unused = deadlines.schedule(() -> closing.cancel(true), timeout.toMillis(), TimeUnit.MILLISECONDS);
            return left;
        }
        HttpRequest last = HttpRequest.newBuilder(URI.create(endpoint.server() + "/version"))
                .header("User-Agent", USER_AGENT)
                .build();
        CompletableFuture<?> wire = client.sendAsync(last, headers -> new HangUp());
        var unusedTimer = deadlines.schedule(() -> wire.cancel(true), timeout.toMillis(), TimeUnit.MILLISECONDS);
        var unused = wire.whenComplete((done, failure) -> left.complete(null));
        return left;
    }

    /** One call: its deadline, and its one or two exchanges. */
    private final class Attempt {
        final CompletableFuture<Answer> answered = new CompletableFuture<>();
        private final Call call;
        private final AtomicReference<@Nullable CompletableFuture<?>> wire = new AtomicReference<>();

        Attempt(Call call) {
            this.call = call;
        }

        void begin() {
            Future<?> deadline = deadlines.schedule(
                    () -> pool.execute(() -> giveUp(new TimeoutException("no answer within " + timeout))),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            var unused = answered.whenComplete((answer, failure) -> deadline.cancel(false));
            pool.execute(() -> exchange(false));
        }

        void giveUp(Exception why) {
            if (answered.completeExceptionally(why)) {
                cancelWire();
            }
        }

        private void cancelWire() {
            CompletableFuture<?> under = wire.getAndSet(null);
            if (under != null) {
                under.cancel(true);
            }
        }

        private void exchange(boolean again) {
            if (answered.isDone()) {
                return;
            }
            try {
                String token =
                        endpoint.token() == null ? null : endpoint.token().current(nanoTime.getAsLong());
                CompletableFuture<HttpResponse<byte[]>> exchange =
                        client().sendAsync(request(token), headers -> new Limited());
                wire.set(exchange);
                if (answered.isDone()) {
                    cancelWire();
                }
                var unused = exchange.whenCompleteAsync(
                        (response, failure) -> onExchanged(response, failure, token, again), pool);
            } catch (RuntimeException e) {
                answered.completeExceptionally(e);
            }
        }

        private HttpRequest request(@Nullable String token) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint.server() + call.path()))
                    .header("User-Agent", USER_AGENT)
                    .header("Accept", "application/json");
            if (token != null) {
                request.header("Authorization", "Bearer " + token);
            }
            if (call.body() == null) {
                return request.method(call.method(), BodyPublishers.noBody()).build();
            }
            return request.header("Content-Type", "application/json")
                    .method(call.method(), BodyPublishers.ofByteArray(call.body()))
                    .build();
        }

        private void onExchanged(
                @Nullable HttpResponse<byte[]> response,
                @Nullable Throwable failure,
                @Nullable String token,
                boolean again) {
            if (response == null) {
                answered.completeExceptionally(Objects.requireNonNull(failure));
            } else if (response.statusCode() == 401
                    && !again
                    && token != null
                    && endpoint.token() != null
                    && endpoint.token().hasOtherThan(token, nanoTime.getAsLong())) {
                // Whoever is not known has had nothing done, so this is no retry of a write.
                exchange(true);
            } else {
                answered.complete(new Answer(
                        response.statusCode(),
                        response.body(),
                        response.headers().firstValue("Retry-After").orElse("")));
            }
        }
    }

    /** A body up to a limit. */
    private static final class Limited implements BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            for (ByteBuffer part : parts) {
                if (bytes.size() + part.remaining() > Json.MOST_BYTES) {
                    Objects.requireNonNull(subscription).cancel();
                    body.completeExceptionally(new TooLong());
                    return;
                }
                byte[] copy = new byte[part.remaining()];
                part.get(copy);
                bytes.writeBytes(copy);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.toByteArray());
        }
    }

    /** Takes nothing, so that the connection is closed. */
    private static final class HangUp implements BodySubscriber<@Nullable Void> {
        private final CompletableFuture<@Nullable Void> body = new CompletableFuture<>();

        @Override
        public CompletionStage<@Nullable Void> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
            body.complete(null);
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {}

        @Override
        public void onError(Throwable failure) {
            body.complete(null);
        }

        @Override
        public void onComplete() {
            body.complete(null);
        }
    }
}
