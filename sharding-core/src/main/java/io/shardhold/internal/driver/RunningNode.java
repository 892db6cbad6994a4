package io.shardhold.internal.driver;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import io.shardhold.config.Timings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.Ending;
import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.KernelObserver;
import io.shardhold.internal.kernel.NodeKernel;
import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.internal.kernel.Thrown;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.netty.NettyTransport;
import io.shardhold.internal.node.ClusterNode;
import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node in production: sockets, one kernel thread, worker threads, and the life from start to close. */
public final class RunningNode implements AutoCloseable {
    /**
     * What a test puts between a running node and its ports, to see and to disturb what passes. Each function is applied once
     * per port; what it returns is called on the threads that would have called the port.
     *
     * @param transport around what the node sends
     * @param listener around what the node is told by its transport, once per incarnation
     * @param executor around what runs entities, once per pool
     * @param events told of each event before the listeners of the application
     */
    public record Instruments(
            UnaryOperator<Transport> transport,
            UnaryOperator<TransportListener> listener,
            UnaryOperator<EntityExecutor> executor,
            KernelObserver kernelObserver,
            DataObserver dataObserver,
            Consumer<ClusterEvent> events) {
        /** Changes and sees nothing: production. */
        public static final Instruments NONE = new Instruments(
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                KernelObserver.NONE,
                DataObserver.NONE,
                event -> {});
    }

    private static final System.Logger LOG = System.getLogger("io.shardhold");
    private static final long STOP_MILLIS = 2_000;

    private final ShardingSettings settings;
    private final SystemTime time = new SystemTime();
    private final Counters counters;
    private final NettyTransport transport;
    private final int boundPort;
    private final Instruments instruments;
    private final List<WorkerPool> pools = new ArrayList<>();
    private final ClusterNode node;
    private final KernelThread thread;
    private final Thread shutdownHook = new Thread(this::shutDown, "shardhold-shutdown");
    private final UpWatch upWatch;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private boolean closed;

    private RunningNode(
            ShardingSettings settings,
            NettyTransport transport,
            int boundPort,
            Counters counters,
            Instruments instruments,
            long above) {
        this.settings = settings;
        this.transport = transport;
        this.boundPort = boundPort;
        this.instruments = instruments;
        this.counters = counters;
        upWatch = new UpWatch(settings.address(), settings.seeds());
        WorkerPool shared = pool("shardhold-worker", settings.workers());
        Consumer<ClusterEvent> events = this::onEvent;
        node = new ClusterNode(
                settings,
                new ClusterNode.Ports(
                        time,
                        new SeededChance(new SecureRandom().nextLong()),
                        instruments.transport().apply(transport),
                        spec -> instruments.executor().apply(executor(spec, shared)),
                        ThreadLocalRandom::current,
                        shared::run,
                        events,
                        instruments.kernelObserver(),
                        instruments.dataObserver()),
                Guards.STRICT,
                settings.allocation(),
                counters);
        NodeId self = ClusterNode.identity(settings, time.wallMillis(), above);
        NodeKernel first = node.begin(self);
        transport.start(self, () -> node.view().clusterId(), listener());
        thread = new KernelThread("shardhold-kernel-" + settings.name(), first, this::next);
    }

    /**
     * Binds the port and starts.
     *
     * @throws IllegalStateException if the port cannot be bound; the message names it
     */
    public static RunningNode start(ShardingSettings settings) {
        return start(settings, Instruments.NONE, 0);
    }

    /**
     * Binds the port and starts, with instruments of a test.
     *
     * @param above what the incarnation is to be higher than; 0 if this machine has run none
     */
    public static RunningNode start(ShardingSettings settings, Instruments instruments, long above) {
        return start(settings, settings.bindPort(), instruments, above);
    }

    /**
     * As {@link #start(ShardingSettings, Instruments, long)}, but listens at any free port: for a test that stands between
     * nodes, at the address that this one advertises. Which port it is says {@link #boundPort()}.
     */
    public static RunningNode startAtAnyPort(ShardingSettings settings, Instruments instruments, long above) {
        return start(settings, 0, instruments, above);
    }

    private static RunningNode start(ShardingSettings settings, int port, Instruments instruments, long above) {
        Counters counters = new Counters();
        NettyTransport transport = new NettyTransport(transportSettings(settings, port), counters);
        RunningNode running;
        try {
            int bound = transport.bind();
            running = new RunningNode(settings, transport, bound, counters, instruments, above);
        } catch (RuntimeException | Error e) {
            transport.close();
            throw e;
        }
        LOG.log(System.Logger.Level.INFO, settings.name() + ": " + settings.describeBounds());
        running.thread.start();
        Runtime.getRuntime().addShutdownHook(running.shutdownHook);
        return running;
    }

    private TransportListener listener() {
        return instruments.listener().apply(upWatch.listening(node.listener()));
    }

    private static NettyTransport.Settings transportSettings(ShardingSettings settings, int port) {
        Timings timings = settings.timings();
        String shared = "consent " + seconds(timings.consent()) + ", margin " + seconds(timings.margin())
                + ", handler budget " + seconds(timings.handlerBudget()) + ", detection "
                + seconds(timings.detection()) + ", stable " + seconds(timings.stable()) + ", frames of "
                + settings.limits().frameBytes() + " bytes, "
                + settings.lease().map(RunningNode::describe).orElse("no lease");
        NettyTransport.Settings defaults = NettyTransport.Settings.of(
                settings.bindHost(), port, settings.clusterName(), settings.limits(), timings.detection());
        return new NettyTransport.Settings(
                defaults.bindHost(),
                defaults.bindPort(),
                defaults.clusterName(),
                defaults.limits(),
                settings.roles(),
                settings.zone(),
                settings.version(),
                digest(shared),
                shared,
                defaults.connectTimeout(),
                defaults.handshakeTimeout(),
                defaults.silenceTimeout(),
                defaults.backoffMin(),
                defaults.backoffMax(),
                defaults.idleTimeout());
    }

    private static String describe(Lease lease) {
        LeaseSettings settings = lease.settings();
        return "lease " + settings.name() + ", ttl " + seconds(settings.ttl()) + ", lease margin "
                + seconds(settings.margin()) + ", poll " + seconds(settings.poll());
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    /** FNV-1a with 64 bits: the same text gives the same number in every JVM. */
    private static long digest(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    private WorkerPool pool(String name, int size) {
        WorkerPool pool = new WorkerPool(name, size, this::onFault);
        pools.add(pool);
        return pool;
    }

    private EntityExecutor executor(EntitySpec<?> spec, WorkerPool shared) {
        return spec.threads() == 0 ? shared : pool("shardhold-" + spec.type().name(), spec.threads());
    }

    private void onEvent(ClusterEvent event) {
        instruments.events().accept(event);
        upWatch.onEvent(event);
        EventLog.write(settings.name(), event);
        for (Consumer<ClusterEvent> listener : settings.listeners()) {
            try {
                listener.accept(event);
            } catch (Throwable thrown) {
                Thrown.rethrowIfFatal(thrown);
                LOG.log(System.Logger.Level.WARNING, "a listener of the application threw on " + event, thrown);
            }
        }
    }

    /** What follows an ending; kernel thread. */
    private @Nullable NodeKernel next(Ending ending) {
        if (ending instanceof Ending.Rebirth rebirth) {
            NodeId before = node.kernel().self();
            node.onRebirth(rebirth);
            NodeId after = ClusterNode.identity(
                    settings, time.wallMillis(), Math.max(before.incarnation(), rebirth.newestIncarnation()));
            NodeKernel kernel = node.begin(after);
            transport.rebirth(after, listener());
            onEvent(new ClusterEvent.Reborn(before, after, rebirth.reason()));
            return kernel;
        }
        node.close();
        if (ending instanceof Ending.Fault) {
            transport.close();
        }
        ended.complete(null);
        return null;
    }

    /** A bug showed on a worker: the node stops. */
    private void onFault(Throwable cause) {
        onEvent(new ClusterEvent.MachineFault(cause));
        thread.fault(cause);
    }

    /** A reference to an entity; see {@link EntityRef}. */
    public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
        return node.region().entityRef(type, id);
    }

    /** Waits until this node is a member with the right to serve. */
    public void awaitUp(Duration limit) {
        if (!isUp() && isOwnThread()) {
            throw new IllegalStateException(
                    "awaitUp is called by " + Thread.currentThread().getName()
                            + ", a thread of the sharding that must not wait; call it from a thread of your own");
        }
        upWatch.await(limit, this::isUp);
    }

    private boolean isUp() {
        ClusterView view = view();
        return view.isUp() && view.mayServe();
    }

    public ClusterView view() {
        return node.view();
    }

    public SortedMap<String, Long> counters() {
        return counters.snapshot();
    }

    public SortedMap<String, Long> gauges() {
        return counters.gauges();
    }

    /** Number of shards of the type that this node hosts, those that are stopping included. */
    public int hostedShards(EntityType<?> type) {
        return (int) node.region().hosted().stream()
                .filter(shard -> shard.shard().type().equals(type.name()))
                .count();
    }

    /** Hands over what this node hosts and says goodbye; completes when it has, or when the shutdown timeout is over. */
    public CompletionStage<@Nullable Void> leave() {
        node.leave();
        return ended.minimalCompletionStage();
    }

    private void removeShutdownHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "the JVM is shutting down, the hook runs");
        }
    }

    /** Leaves, waits for it no longer than the shutdown timeout, and frees sockets and threads. */
    @Override
    public void close() {
        if (isOwnThread()) {
            new Thread(this::shutDown, "close of " + settings.name()).start();
        } else {
            shutDown();
        }
    }

    /** Whether this is a thread that the shutdown would wait for: it runs a listener, a handler or a dependent stage. */
    private static boolean isOwnThread() {
        return Thread.currentThread().getName().startsWith("shardhold-");
    }

    /** Where this node listens. */
    public int boundPort() {
        return boundPort;
    }

    /** What a test looks at; its region and its right may be asked on any thread. */
    public ClusterNode clusterNode() {
        return node;
    }

    /**
     * Ends this node as the death of its process would: no goodbye, connections break, nothing is taken up any more. Only
     * a handler that is running goes on, because a thread cannot be killed. For tests.
     */
    public synchronized void kill() {
        if (closed) {
            return;
        }
        closed = true;
        removeShutdownHook();
        thread.stop(STOP_MILLIS);
        node.right().end(time.now());
        transport.close();
        pools.forEach(WorkerPool::abandon);
    }

    private synchronized void shutDown() {
        if (closed) {
            return;
        }
        closed = true;
        removeShutdownHook();
        leave();
        try {
            ended.get(settings.timings().shutdown().toMillis() + STOP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, settings.name() + ": did not leave in order: " + e);
        }
        node.close();
        thread.stop(STOP_MILLIS);
        transport.close();
        pools.forEach(WorkerPool::close);
    }
}
