package io.shardhold.lease.k8s;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.shardhold.lease.k8s.FakeFaults.Fault;
import io.shardhold.lease.k8s.FakeFaults.Kind;
import io.shardhold.lease.k8s.FakeLeases.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * An API server of Kubernetes that knows Lease objects and nothing else, with the rules of a real one and with faults to
 * order. Stopped and started again it has its port and its objects.
 *
 * <pre>{@code
 * try (FakeApiServer server = FakeApiServer.plain()) {
 *     server.faults(request -> FakeFaults.Fault.refuse(503));
 *     Lease lease = new KubernetesLease(KubernetesAccess.kubeconfig(server.writeKubeconfig(file)), settings);
 * }
 * }</pre>
 *
 * <p>By hand: {@code java -cp ... io.shardhold.lease.k8s.FakeApiServer kubeconfig.yaml}
 */
public final class FakeApiServer implements AutoCloseable {
    /** What everybody may do who is known at first. */
    public static final String TOKEN = "fake-token";

    private static final Pattern LEASES =
            Pattern.compile("/apis/coordination\\.k8s\\.io/v1/namespaces/([^/]+)/leases(?:/([^/]+))?");
    private static final int LONG_BODY = 2 << 20;

    private final FakeTls tls;
    private final FakeLeases leases = new FakeLeases();
    private final Map<String, BiPredicate<String, String>> rights = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private volatile boolean remembers = true;
    private volatile FakeFaults faults = FakeFaults.NONE;
    private int port;
    private HttpServer server;
    private ExecutorService threads;
    private CountDownLatch stopped;

    /** A request as it came, for tests that look at it. */
    public record Seen(String method, String path, String user, String userAgent, String body) {}

    private FakeApiServer(FakeTls tls) {
        this.tls = tls;
        rights.put(TOKEN, (verb, name) -> true);
        start();
    }

    /** On a free port of this host, without TLS. */
    public static FakeApiServer plain() {
        return new FakeApiServer(null);
    }

    /** On a free port of this host, with a certificate of its own; takes a second to make it. */
    public static FakeApiServer tls() {
        return tls(FakeTls.create());
    }

    static FakeApiServer tls(FakeTls tls) {
        return new FakeApiServer(tls);
    }

    /** Listens again, where it did before. */
    public synchronized void start() {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            server = tls == null ? HttpServer.create(address, 0) : secured(HttpsServer.create(address, 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = server.getAddress().getPort();
        stopped = new CountDownLatch(1);
        CountDownLatch end = stopped;
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "fake-api-server");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(exchange, end));
        server.start();
    }

    private HttpsServer secured(HttpsServer https) {
        https.setHttpsConfigurator(new HttpsConfigurator(tls.serverContext()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setWantClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        return https;
    }

    /** Closes its port and all connections. */
    public synchronized void stop() {
        if (server != null) {
            stopped.countDown();
            server.stop(0);
            threads.shutdownNow();
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
    }

    public URI url() {
        return URI.create((tls == null ? "http" : "https") + "://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    FakeLeases leases() {
        return leases;
    }

    /** From now on, these. Requests under way keep theirs. */
    public void faults(FakeFaults faults) {
        this.faults = faults;
    }

    /** A token and what it may do: verb and name of the object, empty for create. */
    void grant(String token, BiPredicate<String, String> may) {
        rights.put(token, may);
    }

    void revoke(String token) {
        rights.remove(token);
    }

    /** How many requests have come so far. */
    public long requests() {
        return numbers.get();
    }

    /** What a client of ours must never do: HTTP/2, unconditional writes, reads from a cache. */
    public List<String> violations() {
        return violations;
    }

    /** Requests so far, unless it was told to forget them. */
    public List<Seen> seen() {
        return seen;
    }

    /** For runs of many requests. */
    public void forget() {
        remembers = false;
        seen.clear();
    }

    /** Writes a kubeconfig with the token that may do everything, namespace {@code default}. */
    public Path writeKubeconfig(Path file) {
        String authority =
                tls == null ? "" : "    certificate-authority-data: " + base64(tls.certificatePem("server")) + "\n";
        String text = "apiVersion: v1\nkind: Config\ncurrent-context: fake\nclusters:\n- cluster:\n" + authority
                + "    server: " + url() + "\n  name: fake\ncontexts:\n- context:\n    cluster: fake\n    user: fake\n"
                + "  name: fake\nusers:\n- name: fake\n  user:\n    token: " + TOKEN + "\n";
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void handle(HttpExchange exchange, CountDownLatch end) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        watch(exchange, method, body);
        Fault fault = faults.onRequest(new FakeFaults.Request(method, path, numbers.incrementAndGet()));
        try {
            if (!fault.delay().isZero() && end.await(fault.delay().toMillis(), TimeUnit.MILLISECONDS)) {
                exchange.close();
                return;
            }
            if (fault.kind() == Kind.SILENT_BEFORE) {
                end.await();
            }
            if (fault.kind() == Kind.DROP_BEFORE || fault.kind() == Kind.SILENT_BEFORE) {
                exchange.close();
                return;
            }
            Reply reply = fault.kind() == Kind.REFUSE ? refuse(fault.status()) : answer(exchange, method, path, body);
            send(exchange, fault.kind() == Kind.DONE_BUT ? refuse(fault.status()) : reply, fault.kind(), end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.close();
        }
    }

    private void watch(HttpExchange exchange, String method, byte[] body) {
        if (!exchange.getProtocol().equals("HTTP/1.1")
                || exchange.getRequestHeaders().containsKey("Upgrade")) {
            violations.add("not HTTP/1.1: " + exchange.getProtocol());
        }
        String text = new String(body, StandardCharsets.UTF_8);
        if (exchange.getRequestURI().getRawQuery() != null) {
            violations.add("a query: " + exchange.getRequestURI().getRawQuery());
        }
        if (method.equals("PUT") && !(text.contains("\"uid\"") && text.contains("\"resourceVersion\""))) {
            violations.add("a PUT without uid and resourceVersion");
        }
        if (!List.of("GET", "PUT", "POST").contains(method)) {
            violations.add("a " + method);
        }
        if (remembers) {
            seen.add(new Seen(
                    method,
                    exchange.getRequestURI().getPath(),
                    user(exchange),
                    String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent")),
                    text));
        }
    }

    private static Reply refuse(int status) {
        return FakeLeases.status(status, "Fault", "ordered by the test", "", "");
    }

    /** The token, the name in the client's certificate, or nothing. */
    private static String user(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        if (header != null) {
            return header.startsWith("Bearer ") ? header.substring(7) : "?";
        }
        if (exchange instanceof HttpsExchange https) {
            try {
                return https.getSSLSession().getPeerPrincipal().getName();
            } catch (SSLPeerUnverifiedException e) {
                return "";
            }
        }
        return "";
    }

    private Reply answer(HttpExchange exchange, String method, String path, byte[] body) {
        if (path.equals("/version")) {
            return new Reply(200, Map.of("major", "1", "minor", "36", "gitVersion", "v1.36.0-fake"), List.of());
        }
        String user = user(exchange);
        BiPredicate<String, String> may = rights.get(user);
        if (may == null && !user.isEmpty()) {
            return FakeLeases.status(401, "Unauthorized", "Unauthorized", "", "");
        }
        Matcher target = LEASES.matcher(path);
        if (!target.matches()) {
            return new Reply(404, Map.of(), List.of());
        }
        String namespace = target.group(1);
        String name = target.group(2) == null ? "" : target.group(2);
        String verb = verb(method, name);
        if (may == null || !may.test(verb, name)) {
            String who = user.isEmpty() ? "system:anonymous" : "system:serviceaccount:shop:shop";
            return FakeLeases.status(
                    403,
                    "Forbidden",
                    "leases.coordination.k8s.io \"" + name + "\" is forbidden: User \"" + who + "\" cannot " + verb
                            + " resource \"leases\" in API group \"coordination.k8s.io\" in the namespace \""
                            + namespace
                            + "\"",
                    "leases",
                    name);
        }
        return switch (verb) {
            case "get" -> leases.get(namespace, name);
            case "list" -> leases.list(namespace);
            case "create" -> leases.create(namespace, body);
            case "update" -> leases.update(namespace, name, body);
            default -> FakeLeases.status(405, "MethodNotAllowed", "the server does not allow this method", "", "");
        };
    }

    private static String verb(String method, String name) {
        return switch (method) {
            case "GET" -> name.isEmpty() ? "list" : "get";
            case "POST" -> name.isEmpty() ? "create" : "none";
            case "PUT" -> name.isEmpty() ? "none" : "update";
            default -> "none";
        };
    }

    private static byte[] bytes(Reply reply, Kind kind) {
        if (kind == Kind.GARBAGE) {
            return "<html>not what you wanted</html>".getBytes(StandardCharsets.UTF_8);
        }
        if (kind == Kind.LONG_BODY) {
            return new byte[LONG_BODY];
        }
        return reply.body().isEmpty()
                ? "404 page not found\n".getBytes(StandardCharsets.UTF_8)
                : Json.write(reply.body());
    }

    private static void send(HttpExchange exchange, Reply reply, Kind kind, CountDownLatch end)
            throws IOException, InterruptedException {
        if (kind == Kind.SILENT_AFTER) {
            end.await();
        }
        if (kind == Kind.DROP_AFTER || kind == Kind.SILENT_AFTER) {
            exchange.close();
            return;
        }
        byte[] body = bytes(reply, kind);
        reply.warnings().forEach(warning -> exchange.getResponseHeaders().add("Warning", warning));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (reply.status() == 429) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        if (reply.status() / 100 == 3) {
            exchange.getResponseHeaders().set("Location", "/version");
        }
        if (kind == Kind.LAST_ANSWER) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
        exchange.sendResponseHeaders(reply.status(), body.length);
        OutputStream out = exchange.getResponseBody();
        if (kind == Kind.STALL_BODY || kind == Kind.CUT_BODY) {
            out.write(body, 0, body.length / 2);
            out.flush();
            if (kind == Kind.STALL_BODY) {
                end.await();
            }
        } else {
            out.write(body);
            out.flush();
        }
        exchange.close();
    }

    /** Runs until the process is ended. */
    public static void main(String[] args) throws Exception {
        if (args.length != 1) {
            System.err.println("name the kubeconfig to write");
            System.exit(2);
        }
        FakeApiServer server = FakeApiServer.plain();
        server.forget();
        System.out.println(server.url() + " kubeconfig "
                + server.writeKubeconfig(Path.of(args[0])).toAbsolutePath());
        new CountDownLatch(1).await();
    }
}
