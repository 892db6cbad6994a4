package io.shardhold.internal.node;

import io.shardhold.allocation.AllocationStrategy;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import io.shardhold.internal.coordinator.ShardCoordinator;
import io.shardhold.internal.crdt.Replica;
import io.shardhold.internal.crdt.SeatKeeper;
import io.shardhold.internal.detector.Detector;
import io.shardhold.internal.kernel.Chance;
import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.kernel.DataObserver;
import io.shardhold.internal.kernel.Ending;
import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.kernel.HeldLease;
import io.shardhold.internal.kernel.KernelObserver;
import io.shardhold.internal.kernel.Machine;
import io.shardhold.internal.kernel.Moment;
import io.shardhold.internal.kernel.NodeKernel;
import io.shardhold.internal.kernel.RightToServe;
import io.shardhold.internal.kernel.TimeSource;
import io.shardhold.internal.kernel.Transport;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.lease.LeaseKeeper;
import io.shardhold.internal.membership.Membership;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.Term;
import io.shardhold.internal.region.ShardRegion;
import io.shardhold.internal.shard.ShardHost;
import io.shardhold.internal.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node, over all its incarnations: the region, which stays, and for each incarnation a kernel with new machines. It
 * owns no thread and no socket: those come through the ports, from the production driver or from the test kit.
 *
 * <p>The driver calls {@link #begin}, steps {@link #kernel()} until it has an ending, and then begins anew or closes.
 */
public final class ClusterNode {
    /** What a node runs on. */
    public record Ports(
            TimeSource time,
            Chance chance,
            Transport transport,
            Function<EntitySpec<?>, EntityExecutor> executors,
            Supplier<RandomGenerator> random,
            Executor callbacks,
            Consumer<ClusterEvent> events,
            KernelObserver observer,
            DataObserver dataObserver) {}

    private final ShardingSettings settings;
    private final Ports ports;
    private final Guards guards;
    private final AllocationStrategy strategy;
    private final Counters counters;
    private final RightToServe right;
    private final ShardRegion region;
    private final ViewKeeper views = new ViewKeeper();
    private volatile @Nullable NodeKernel kernel;
    /** Written before the signal is offered, read when a kernel begins: no incarnation misses it. */
    private volatile boolean leaveAsked;

    private final @Nullable NodeLease lease;
    private @Nullable ShardCoordinator coordinator;
    private long numberFloor;

    public ClusterNode(
            ShardingSettings settings, Ports ports, Guards guards, AllocationStrategy strategy, Counters counters) {
        this.settings = settings;
        this.ports = ports;
        this.guards = guards;
        this.strategy = strategy;
        this.counters = counters;
        this.lease = settings.lease().map(NodeLease::new).orElse(null);
        this.right = new RightToServe(
                ports.time(), settings.timings().handlerBudget().toNanos());
        List<ShardHost.HostedType> hosted = new ArrayList<>();
        for (EntitySpec<?> spec : settings.entities()) {
            if (spec.hosts()) {
                hosted.add(new ShardHost.HostedType(spec, ports.executors().apply(spec)));
            }
        }
        this.region = new ShardRegion(new ShardRegion.Parts(
                settings.entities(),
                hosted,
                settings.timings(),
                settings.limits(),
                guards,
                ports.time(),
                right,
                ports.transport(),
                counters,
                ports.random(),
                ports.callbacks(),
                ports.events(),
                ports.dataObserver()));
    }

    /** The identity of a run that begins now, above a lower bound. */
    public static NodeId identity(ShardingSettings settings, long wallMillis, long above) {
        return new NodeId(
                settings.name(),
                settings.advertisedHost(),
                settings.advertisedPort(),
                Math.max(Math.max(wallMillis, above + 1), 1));
    }

    /** Begins an incarnation: a new kernel with new machines. Driver's thread. */
    public NodeKernel begin(NodeId self) {
        SignalRelay relay = new SignalRelay();
        Membership.Profile profile = new Membership.Profile(
                settings.seeds(),
                declaration(),
                numberFloor,
                settings.lease().map(l -> l.settings().leaseWait()));
        views.begin(self);
        NodeLease nodeLease = lease == null ? null : lease.begin(relay);
        HeldLease held = new HeldLease(nodeLease, guards);
        ShardCoordinator commander =
                new ShardCoordinator(settings.timings(), settings.limits(), guards, strategy, held);
        List<Machine> machines = new ArrayList<>();
        if (nodeLease != null) {
            machines.add(new LeaseKeeper(settings.timings(), nodeLease.poll(), held));
        }
        machines.addAll(List.of(
                new Detector(settings.timings(), right, guards),
                new SeatKeeper(settings.timings(), guards),
                new Replica(settings.timings()),
                new Membership(settings.timings(), profile),
                commander,
                region.begin(self, relay)));
        NodeKernel.Ports kernelPorts = new NodeKernel.Ports(
                ports.time(),
                ports.chance(),
                ports.transport(),
                counters,
                nodeLease,
                event -> {
                    views.onEvent(event);
                    ports.events().accept(event);
                },
                ports.observer());
        NodeKernel begun = new NodeKernel(self, kernelPorts, machines);
        relay.target = begun;
        coordinator = commander;
        kernel = begun;
        if (leaveAsked) {
            begun.offer(new Signal.LeaveAsked());
        }
        return begun;
    }

    /** Hands over what this node hosts and says goodbye, in this incarnation or the next. Any thread. */
    public void leave() {
        leaveAsked = true;
        kernel().offer(new Signal.LeaveAsked());
    }

    /** Signals raised while the kernel is being put together go to it once it is there. */
    private static final class SignalRelay implements Consumer<Signal> {
        private volatile @Nullable NodeKernel target;

        @Override
        public void accept(Signal signal) {
            NodeKernel current = target;
            if (current != null) {
                current.offer(signal);
            }
        }
    }

    private Declaration declaration() {
        SortedMap<String, Integer> hosts = new TreeMap<>();
        SortedMap<String, Integer> routes = new TreeMap<>();
        for (EntitySpec<?> spec : settings.entities()) {
            (spec.hosts() ? hosts : routes).put(spec.type().name(), spec.shards());
        }
        return new Declaration(settings.roles(), settings.zone(), settings.weight(), settings.version(), hosts, routes);
    }

    /** Prepares for the next incarnation after this one gave up. Driver's thread. */
    public void onRebirth(Ending.Rebirth ending) {
        numberFloor = Math.max(numberFloor, ending.highestNumber());
        region.onRebirth();
    }

    /** Refuses messages from now on and reports what is left. */
    public void close() {
        if (lease != null) {
            lease.close();
        }
        region.close();
    }

    /** What the transport tells this incarnation. */
    public TransportListener listener() {
        NodeKernel current = kernel();
        return new TransportListener() {
            @Override
            public void onControl(NodeId from, ControlMessage message) {
                current.offer(from, message);
            }

            @Override
            public void onData(NodeId from, DataMessage message) {
                region.onData(from, message);
            }

            @Override
            public void onDataLinkLost(NodeId peer, List<DataMessage> unsent, long inDoubt) {
                region.onDataLinkLost(peer, unsent, inDoubt);
            }

            @Override
            public void onUnreachable(String address, String why) {
                current.offer(new Signal.SeedUnreachable(address, why));
            }

            @Override
            public void onOutdated(long newestIncarnation) {
                current.offer(new Signal.Outdated(newestIncarnation));
            }

            @Override
            public void onPeerRefused(String address, String why) {
                ports.events().accept(new ClusterEvent.PeerRefused(address, why));
            }
        };
    }

    /** The kernel of the current incarnation. */
    public NodeKernel kernel() {
        NodeKernel current = kernel;
        if (current == null) {
            throw new IllegalStateException("the node has not begun");
        }
        return current;
    }

    public ShardRegion region() {
        return region;
    }

    public Counters counters() {
        return counters;
    }

    public RightToServe right() {
        return right;
    }

    public ShardingSettings settings() {
        return settings;
    }

    /** What this node knows of its cluster. Any thread. */
    public ClusterView view() {
        return views.view(right.isHeld());
    }

    /** The term under which this node would be obeyed if it acted at this moment; for invariants. Driver's thread. */
    public Optional<Term> actingTerm(Moment now) {
        return coordinator == null ? Optional.empty() : coordinator.actingTerm(now);
    }
}
