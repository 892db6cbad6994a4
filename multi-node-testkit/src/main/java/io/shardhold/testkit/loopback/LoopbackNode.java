package io.shardhold.testkit.loopback;

import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.Term;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.rung.RungNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A machine: a port of the fault layer, and behind it one process after the other.
 *
 * <p>What a node may do changes while a test looks, and two nodes are never looked at in the same instant. So the cluster
 * looks at all of them twice, and {@link #hosted}, {@link #mayTakeUp} and {@link #actingTerm} say only what held both
 * times, and therefore in an instant between, which is the same for all nodes: rather too little than something that never
 * was. What is gone is shown on all nodes before what has come on any, so that whoever compares node by node never finds a
 * shard that has moved in between on both. The look is a few milliseconds old at most while time passes.
 *
 * <p>Concurrency: {@code process} is volatile, written by the test's thread; everything else belongs to that thread.
 */
final class LoopbackNode implements RungNode {
    /** What a node may do, as seen at one moment. */
    record Seen(boolean mayTakeUp, List<ShardEpoch> hosted, Optional<Term> acting) {
        private static final Seen NOTHING = new Seen(false, List.of(), Optional.empty());

        /** What holds here and there. */
        Seen and(Seen other) {
            List<ShardEpoch> both = other.hosted;
            if (!both.equals(hosted)) {
                Set<ShardEpoch> mine = new HashSet<>(hosted);
                both = both.stream().filter(mine::contains).toList();
            }
            return new Seen(
                    mayTakeUp && other.mayTakeUp, both, acting.equals(other.acting) ? acting : Optional.empty());
        }
    }

    private final LoopbackCluster cluster;
    private final ShardingSettings settings;
    private Handling handling = Handling.QUICK;
    private Seen seen = Seen.NOTHING;
    private Seen next = Seen.NOTHING;
    private long hostedVersion;
    private long starts;
    private volatile @Nullable NodeProcess process;

    LoopbackNode(LoopbackCluster cluster, ShardingSettings settings) {
        this.cluster = cluster;
        this.settings = settings;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public ShardingSettings settings() {
        return settings;
    }

    @Override
    public boolean isRunning() {
        NodeProcess current = process;
        return current != null && current.isRunning();
    }

    @Override
    public NodeId identity() {
        return process().self();
    }

    @Override
    public void start() {
        NodeProcess before = process;
        if (isRunning()) {
            throw new IllegalStateException(name() + " is running");
        }
        long above = 0;
        if (before != null) {
            before.finish();
            above = before.self().incarnation();
        }
        see(Seen.NOTHING);
        cluster.catchUp();
        starts++;
        NodeProcess fresh = new NodeProcess(
                this, cluster, new HandlerPace(cluster.seed() ^ name().hashCode() ^ starts << Integer.SIZE, handling));
        process = fresh;
        int port = fresh.start(above);
        cluster.layer().target(name(), port);
        if (fresh.isDead()) {
            cluster.layer().noTarget(name());
        }
    }

    @Override
    public void leave() {
        NodeProcess current = running();
        current.running().leave().thenRun(current::onLeft);
    }

    @Override
    public void crash() {
        NodeProcess current = process;
        if (current != null && current.end("crashed", false)) {
            current.free();
        }
    }

    /** Ends the process at the end of the test; nothing is told of it. */
    void close() {
        crash();
        NodeProcess current = process;
        if (current != null) {
            current.free();
        }
    }

    /** Not on this rung: threads of one JVM cannot be stopped one by one. */
    @Override
    public void pause(Duration duration) {
        throw LoopbackRung.refused("PAUSE");
    }

    @Override
    public boolean isPaused() {
        return false;
    }

    /** Not on this rung: all nodes have the clocks of this machine. */
    @Override
    public void jumpWallClock(Duration by) {
        throw LoopbackRung.refused("CLOCK_JUMP");
    }

    @Override
    public void handling(Handling changed) {
        handling = changed;
        NodeProcess current = process;
        if (current != null) {
            current.pace().set(changed);
        }
    }

    @Override
    public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
        return running().running().entityRef(type, id);
    }

    @Override
    public ClusterView view() {
        return process().running().view();
    }

    @Override
    public boolean isServing() {
        NodeProcess current = process;
        return current != null && current.isRunning() && current.node().right().isHeld() && view().isUp();
    }

    @Override
    public Optional<Term> actingTerm() {
        return isRunning() ? seen.acting() : Optional.empty();
    }

    @Override
    public List<ShardEpoch> hosted() {
        return isRunning() ? seen.hosted() : List.of();
    }

    @Override
    public long hostedVersion() {
        return isRunning() ? hostedVersion : -1 - hostedVersion;
    }

    @Override
    public boolean mayTakeUp() {
        return isRunning() && seen.mayTakeUp();
    }

    @Override
    public int parked() {
        NodeProcess current = process;
        return current != null && current.isRunning() ? current.node().region().parked() : 0;
    }

    @Override
    public int entities() {
        NodeProcess current = process;
        return current != null && current.isRunning() ? current.node().region().entities() : 0;
    }

    @Override
    public SortedMap<String, Long> counters() {
        return process().running().counters();
    }

    /** Looks at what the node may do at this moment of {@link System#nanoTime()}. */
    Seen look(long nanos) {
        NodeProcess current = process;
        if (current == null || !current.isRunning()) {
            return Seen.NOTHING;
        }
        return new Seen(
                current.node().right().mayTakeUp(),
                current.node().region().hosted(),
                current.acting().at(nanos));
    }

    /** Looks again; what holds both times is what will be seen. */
    void lookAgain(Seen first, long nanos) {
        next = first.and(look(nanos));
    }

    /** Whether there is more to be seen than before. */
    boolean hasGained() {
        return !next.equals(seen) && !next.equals(seen.and(next));
    }

    /** Shows what is gone, not yet what has come. */
    void showLosses() {
        see(seen.and(next));
    }

    void show() {
        see(next);
    }

    private void see(Seen fresh) {
        if (!fresh.hosted().equals(seen.hosted())) {
            hostedVersion++;
        }
        seen = fresh;
    }

    private NodeProcess process() {
        NodeProcess current = process;
        if (current == null) {
            throw new IllegalStateException(name() + " has never been started");
        }
        return current;
    }

    private NodeProcess running() {
        NodeProcess current = process();
        if (!current.isRunning()) {
            throw new IllegalStateException(name() + " is not running");
        }
        return current;
    }

    @Override
    public String toString() {
        return name();
    }
}
