package io.shardhold.testkit.loopback;

import io.shardhold.config.ShardingSettings;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.rung.MessageTap;
import io.shardhold.testkit.rung.RungCluster;
import io.shardhold.testkit.rung.RungListener;
import io.shardhold.testkit.rung.RungNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of one test in this JVM. While time passes, the test's thread takes what the nodes have told from a bounded queue
 * and tells it on, does what is due, and looks at each node every few milliseconds.
 *
 * <p>Concurrency: {@code tap} is volatile; {@code names} is a concurrent map, for the threads that send; the queue is for
 * any thread. Everything else belongs to the test's thread.
 */
final class LoopbackCluster implements RungCluster {
    /** How often nodes are looked at, at most: often enough for what lasts, seldom enough for two processors. */
    private static final long LOOK_NANOS = 3_000_000L;

    private static final int REMEMBERED_LINES = 400;

    /** More threads for entities than production has: handlers that hang here must not hold up all others. */
    private static final int WORKERS = 16;

    private record Due(long atNanos, long order, Runnable action) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(atNanos - other.atNanos, 0);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final long seed;
    private final RungListener listener;
    private final FaultLayer layer;
    private final EventQueue queue = new EventQueue();
    private final Map<String, Integer> ports = new TreeMap<>();
    private final Map<String, String> names = new ConcurrentHashMap<>();
    private final Map<String, LoopbackNode> nodes = new TreeMap<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private final Deque<String> lines = new ArrayDeque<>();
    private final LeaseRuntime leaseNetwork = LeaseRuntime.system();
    private final long openedNanos = System.nanoTime();
    private long nextLookNanos = openedNanos;
    private long orders;
    private long events;
    private boolean closed;
    private boolean telling;
    private volatile MessageTap tap = MessageTap.NONE;

    LoopbackCluster(long seed, RungListener listener) {
        this.seed = seed;
        this.listener = listener;
        this.layer = new FaultLayer(seed);
    }

    // ---- building ----------------------------------------------------------------------------------------------

    @Override
    public ShardingSettings.Builder prepare(String clusterName, String name, List<String> seedNames) {
        String[] seeds = seedNames.stream().map(this::address).toArray(String[]::new);
        return ShardingSettings.builder(clusterName)
                .bind(FaultLayer.HOST, port(name))
                .name(name)
                .seeds(seeds)
                .timings(LoopbackRung.TIMINGS)
                .workers(WORKERS);
    }

    private String address(String name) {
        return FaultLayer.HOST + ":" + port(name);
    }

    private int port(String name) {
        return ports.computeIfAbsent(name, fresh -> {
            int port = layer.open(fresh);
            names.put(FaultLayer.HOST + ":" + port, fresh);
            return port;
        });
    }

    @Override
    public RungNode add(ShardingSettings settings, long driftPerMillion, Duration wallOffset) {
        if (driftPerMillion != 0) {
            throw LoopbackRung.refused("CLOCK_DRIFT");
        }
        if (!wallOffset.isZero()) {
            throw LoopbackRung.refused("CLOCK_OFFSET");
        }
        String name = settings.name();
        if (!settings.name().equals(names.get(settings.address()))) {
            throw new IllegalArgumentException(
                    "the address " + settings.address() + " of " + name
                            + " is none of this rung: make the settings with prepare, and leave name and addresses as they are");
        }
        if (nodes.containsKey(name)) {
            throw new IllegalArgumentException("two machines are named " + name);
        }
        LoopbackNode node = new LoopbackNode(this, settings);
        nodes.put(name, node);
        return node;
    }

    // ---- time --------------------------------------------------------------------------------------------------

    @Override
    public LeaseRuntime leaseNetwork() {
        return leaseNetwork;
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - openedNanos);
    }

    @Override
    public void runFor(Duration duration) {
        runUntil(duration, () -> false);
    }

    @Override
    public boolean runUntil(Duration limit, BooleanSupplier condition) {
        long until = System.nanoTime() + limit.toNanos();
        Runnable next = null;
        while (true) {
            tellAll(next);
            doWhatIsDue();
            look();
            if (condition.getAsBoolean()) {
                return true;
            }
            long now = System.nanoTime();
            if (until - now <= 0) {
                return false;
            }
            long pause = Math.min(until - now, nextLookNanos - now);
            Due first = due.peek();
            next = queue.next(Math.max(1, first == null ? pause : Math.min(pause, first.atNanos() - now)));
        }
    }

    /** Tells what has happened up to now; what comes meanwhile waits for the next round. */
    private void tellAll(@Nullable Runnable first) {
        int left = queue.size();
        Runnable event = first == null ? queue.next(0) : first;
        telling = true;
        try {
            while (event != null) {
                events++;
                event.run();
                event = left-- > 0 ? queue.next(0) : null;
            }
        } finally {
            telling = false;
        }
    }

    /**
     * Tells what has happened before a process starts, so that its start can be told at once and in order; not if the
     * process is started by somebody who is being told something.
     */
    void catchUp() {
        if (!telling) {
            tellAll(null);
        }
    }

    /** A process has started; its first words wait in the queue. */
    void started(LoopbackNode node) {
        Runnable start = () -> {
            line(elapsed(), node + " started as " + node.identity());
            listener.onStarted(node);
        };
        if (telling) {
            queue.add(start);
        } else {
            start.run();
        }
    }

    private void doWhatIsDue() {
        Due first = due.peek();
        while (first != null && first.atNanos() - System.nanoTime() <= 0) {
            due.remove();
            first.action().run();
            first = due.peek();
        }
    }

    private void look() {
        if (System.nanoTime() - nextLookNanos < 0) {
            return;
        }
        long began = System.nanoTime();
        List<LoopbackNode> all = List.copyOf(nodes.values());
        List<LoopbackNode.Seen> first =
                all.stream().map(node -> node.look(began)).toList();
        long between = System.nanoTime();
        for (int i = 0; i < all.size(); i++) {
            all.get(i).lookAgain(first.get(i), between);
        }
        if (all.stream().anyMatch(LoopbackNode::hasGained)) {
            all.forEach(LoopbackNode::showLosses);
            tellLook(all);
        }
        all.forEach(LoopbackNode::show);
        tellLook(all);
        nextLookNanos = System.nanoTime() + LOOK_NANOS;
    }

    private void tellLook(List<LoopbackNode> all) {
        for (LoopbackNode node : all) {
            if (node.isRunning()) {
                listener.afterEvent(node);
            }
        }
    }

    @Override
    public void after(Duration delay, Runnable action) {
        due.add(new Due(System.nanoTime() + delay.toNanos(), orders++, action));
    }

    // ---- faults ------------------------------------------------------------------------------------------------

    @Override
    public void link(String from, String to, LinkRule rule) {
        Set<Fault> missing = EnumSet.noneOf(Fault.class);
        missing.addAll(rule.faults());
        missing.removeAll(new LoopbackRung().faults());
        if (!missing.isEmpty()) {
            throw LoopbackRung.refused(missing.toString());
        }
        layer.rule(from, to, rule);
        note("link " + from + " > " + to + (rule.faults().isEmpty() ? " is clear" : ": " + rule));
    }

    @Override
    public void breakLink(String from, String to) {
        layer.breakLink(from, to);
        note("break " + from + " > " + to);
    }

    @Override
    public void tap(MessageTap changed) {
        tap = changed;
    }

    /** What has passed from one machine to another. */
    WayCounts counts(String from, String to) {
        return layer.counts(from, to);
    }

    // ---- history -----------------------------------------------------------------------------------------------

    @Override
    public void note(String line) {
        line(elapsed(), "-- " + line);
        listener.onNote(line);
    }

    @Override
    public List<String> history() {
        return new ArrayList<>(lines);
    }

    @Override
    public long events() {
        return events;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            tap = MessageTap.NONE;
            nodes.values().forEach(LoopbackNode::close);
            layer.close();
            leaseNetwork.close();
        }
    }

    // ---- for nodes ---------------------------------------------------------------------------------------------

    long seed() {
        return seed;
    }

    FaultLayer layer() {
        return layer;
    }

    /** Any thread. */
    MessageTap tap() {
        return tap;
    }

    /** The name of the machine with this address, or the address. Any thread. */
    String nameOf(String address) {
        return names.getOrDefault(address, address);
    }

    /** Something is to be told, behind everything before it. Any thread. */
    void tell(Consumer<RungListener> event) {
        queue.add(() -> event.accept(listener));
    }

    /** Test's thread, in the order of telling. */
    void line(Duration happened, String line) {
        lines.addLast(happened.toMillis() + " " + line);
        if (lines.size() > REMEMBERED_LINES) {
            lines.removeFirst();
        }
    }
}
