package io.shardhold.examples.ledger;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.ClusterView;
import io.shardhold.config.Timings;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.inmemory.InMemoryLeaseStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs all nodes and the router in this process, each with a lease on one {@link InMemoryLeaseStore}: has the node that
 * coordinates leave and come back, takes the store away for a while, and watches. One thread, and one for each node that
 * leaves; everything reaches the first through the inbox.
 */
final class OneProcess implements AutoCloseable {
    private static final long TICK_MILLIS = 50;
    private static final long SHOW_EVERY_NANOS = 200_000_000L;
    private static final Duration STALLED_AFTER = Duration.ofSeconds(60);
    private static final int INBOX = 10_000;

    /**
     * What is to happen.
     *
     * @param timings of all members
     * @param lease the times of all leases
     * @param calm how long no shard may have moved, before the store is taken away
     */
    record Plan(
            int nodes,
            boolean oneLeaves,
            Timings timings,
            LeaseSettings lease,
            LeaseSchedule.Times times,
            Duration calm) {
        /**
         * The store stays away for longer than any grant lasts. At the end, or when the user interrupts the run, nobody is
         * left to take over what the last node hosts, so that leaving must not take as long as it may elsewhere.
         */
        static Plan of(LedgerOptions options) {
            return new Plan(
                    options.nodes(),
                    options.oneLeaves(),
                    leaving(Duration.ofSeconds(4), Duration.ofSeconds(8), Duration.ofSeconds(10)),
                    LeaseSettings.of(ChildArguments.CLUSTER, "node"),
                    new LeaseSchedule.Times(Duration.ofSeconds(3), Duration.ofSeconds(8), Duration.ofSeconds(10)),
                    Duration.ofSeconds(3));
        }

        /** The default times, but for those of leaving. */
        static Timings leaving(Duration stop, Duration handOff, Duration shutdown) {
            Timings usual = Timings.DEFAULT;
            return new Timings(
                    usual.probe(),
                    usual.detection(),
                    usual.stable(),
                    usual.consent(),
                    usual.margin(),
                    usual.handlerBudget(),
                    usual.founding(),
                    stop,
                    handOff,
                    shutdown,
                    usual.retry(),
                    usual.rebalance());
        }
    }

    /** A node and what is known of it; for the thread of the run. */
    private static final class Slot {
        private final ChildArguments arguments;
        private Fleet.State state = Fleet.State.STARTING;
        private int shards;
        private @Nullable LocalMember member;

        Slot(ChildArguments arguments) {
            this.arguments = arguments;
        }

        String name() {
            return arguments.name();
        }

        boolean isUp() {
            return state == Fleet.State.UP;
        }
    }

    private final Plan plan;
    private final List<DepositRow> deposits;
    private final Display display;
    private final long startNanos;
    private final LeaseSchedule schedule;
    private final InMemoryLeaseStore leases = new InMemoryLeaseStore();
    private final BlockingQueue<Runnable> inbox = new ArrayBlockingQueue<>(INBOX);
    private final List<Slot> nodes = new ArrayList<>();
    private final Slot router;
    private final Rate rate = new Rate();
    private volatile Report.Progress progress = Report.Progress.NONE; // written by the sender
    private Optional<String> failure = Optional.empty();
    private @Nullable DepositSender sender;
    private @Nullable Slot coordinator;
    private @Nullable Slot leaving;
    private String holder = "";
    private long allowed;
    private long movedNanos = System.nanoTime();
    private long shardsMovedNanos = movedNanos;
    private long shownNanos;
    private long outageNanos;
    private long outageAcknowledged;
    private long outageWaitMillis;
    private boolean isOutage;

    OneProcess(Plan plan, Path database, List<DepositRow> deposits, Display display, long startNanos)
            throws IOException {
        this.plan = plan;
        this.deposits = deposits;
        this.display = display;
        this.startNanos = startNanos;
        this.schedule = new LeaseSchedule(plan.oneLeaves(), deposits.size(), plan.times());
        List<Integer> ports = FreePorts.find(plan.nodes() + 1);
        List<String> seeds = Fleet.seeds(ports, plan.nodes());
        for (int i = 0; i < plan.nodes(); i++) {
            nodes.add(new Slot(new ChildArguments(
                    Fleet.nodeName(i + 1), ports.get(i), seeds, new LeasePlace.None(), database.toString())));
        }
        router = new Slot(new ChildArguments("router", ports.get(plan.nodes()), seeds, new LeasePlace.None(), ""));
    }

    /** Returns when every deposit is acknowledged and everything was done, or when that cannot be hoped for. */
    Supervisor.Outcome run() throws SQLException, InterruptedException {
        event("all nodes are in this process, with a lease store in its memory");
        event("no node is killed"
                + (plan.oneLeaves() ? ": half way the one that coordinates leaves in order" : ", and none leaves"));
        for (Slot node : nodes) {
            start(node);
        }
        router.member = LocalMember.router(router.arguments, leases, plan, event -> onEvent(router, event));
        while (failure.isEmpty() && !(progress.acknowledged() == deposits.size() && schedule.isDone())) {
            Runnable step = inbox.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            if (step != null) {
                step.run();
            }
            onTick(System.nanoTime());
        }
        show();
        if (sender != null) {
            sender.close();
        }
        return new Supervisor.Outcome(progress, failure);
    }

    private void start(Slot node) throws SQLException {
        node.state = Fleet.State.STARTING;
        node.member = LocalMember.node(node.arguments, leases, plan, event -> onEvent(node, event));
    }

    // ---- what members say ----------------------------------------------------------------------------------------

    /** On a thread of the sharding. */
    private void onEvent(Slot slot, ClusterEvent event) {
        tell(() -> {
            EventTexts.of(event).ifPresent(text -> event(slot.name() + " " + text));
            if (event instanceof ClusterEvent.CoordinatorActive) {
                coordinator = slot;
            } else if (event instanceof ClusterEvent.CoordinatorPassive && coordinator == slot) {
                coordinator = null;
            } else if (event instanceof ClusterEvent.LeaseChanged lease
                    && lease.state() == ClusterEvent.LeaseState.HELD) {
                onHolder(slot.name());
            } else if (event instanceof ClusterEvent.MachineFault) {
                failure = Optional.of(slot.name() + " has stopped, see nodes.log");
            }
        });
    }

    private void onHolder(String next) {
        if (!holder.isEmpty()) {
            event(
                    holder.equals(next)
                            ? "the lease is back at " + next
                            : "the lease goes from " + holder + " to " + next);
        }
        holder = next;
    }

    private void tell(Runnable step) {
        if (!inbox.offer(step)) {
            throw new IllegalStateException("more than " + INBOX + " events wait to be shown");
        }
    }

    // ---- what is done --------------------------------------------------------------------------------------------

    private void onTick(long now) throws SQLException {
        for (Slot node : nodes) {
            look(node, now);
        }
        look(router, now);
        rate.add(now, progress.acknowledged());
        if (sender == null && router.isUp() && nodes.stream().allMatch(Slot::isUp)) {
            event("all members are up; the router sends " + deposits.size() + " deposits");
            LocalMember sending = member(router);
            sender = new DepositSender(deposits, sending::account, this::onProgress, this::onBroken);
        }
        if (sender != null) {
            send(sender, now);
        }
        if (isOutage) {
            outageWaitMillis = Math.max(outageWaitMillis, progress.waitingMillis());
        }
        if (failure.isEmpty() && now - movedNanos > STALLED_AFTER.toNanos()) {
            failure = Optional.of("nothing has moved for " + STALLED_AFTER.toSeconds() + " s, "
                    + progress.acknowledged() + " of " + deposits.size()
                    + " deposits are acknowledged; the last failure: " + progress.lastFailure());
        }
        if (now - shownNanos >= SHOW_EVERY_NANOS) {
            shownNanos = now;
            show();
        }
    }

    private static LocalMember member(Slot slot) {
        LocalMember member = slot.member;
        if (member == null) {
            throw new IllegalStateException(slot.name() + " does not run");
        }
        return member;
    }

    private void look(Slot slot, long now) {
        LocalMember member = slot.member;
        if (member == null) {
            return;
        }
        ClusterView view = member.view();
        boolean mayServe = view.isUp() && view.mayServe();
        if (slot.state == Fleet.State.STARTING && mayServe) {
            movedNanos = now;
            event(slot.name() + " is up");
        }
        if (slot.state != Fleet.State.STARTING || mayServe) {
            slot.state = mayServe ? Fleet.State.UP : Fleet.State.SUSPENDED;
        }
        int shards = member.shards();
        if (shards != slot.shards) {
            slot.shards = shards;
            shardsMovedNanos = now;
        }
    }

    private void send(DepositSender to, long now) throws SQLException {
        boolean isCalm = nodes.stream().allMatch(Slot::isUp)
                && now - shardsMovedNanos >= plan.calm().toNanos();
        boolean isGone = leaving != null && leaving.state == Fleet.State.LEFT;
        boolean isCoordinated = coordinator != null && coordinator != leaving;
        Optional<LeaseSchedule.Action> action =
                schedule.next(new LeaseSchedule.Sight(now, progress.acknowledged(), isGone, isCoordinated, isCalm));
        if (action.isPresent()) {
            movedNanos = now;
            act(action.get(), now);
        }
        long limit = schedule.sendLimit(now);
        if (limit > allowed) {
            allowed = limit;
            to.allow(limit);
        }
    }

    private void act(LeaseSchedule.Action action, long now) throws SQLException {
        switch (action) {
            case LEAVE -> {
                if (coordinator != null) {
                    leave(coordinator);
                }
            }
            case RETURN -> {
                if (leaving != null) {
                    event(leaving.name() + " comes back");
                    shardsMovedNanos = now;
                    start(leaving);
                    leaving = null;
                }
            }
            case TAKE_STORE_AWAY -> {
                event("the lease store is taken away for "
                        + seconds(plan.times().storeAway().toMillis()) + "; " + placed() + " of " + AccountEntity.SHARDS
                        + " shards have a home");
                leases.setDown(true);
                isOutage = true;
                outageNanos = now;
                outageAcknowledged = progress.acknowledged();
            }
            case BRING_STORE_BACK -> {
                leases.setDown(false);
                isOutage = false;
                onStoreBack(now);
            }
        }
    }

    private void leave(Slot node) {
        LocalMember member = member(node);
        leaving = node;
        event(node.name() + ", which coordinates, leaves in order; its " + node.shards + " shards move");
        Thread closing = new Thread(
                () -> {
                    Optional<String> problem = closed(member);
                    tell(() -> onLeft(node, problem));
                },
                "leave-" + node.name());
        closing.setDaemon(true);
        closing.start();
    }

    private static Optional<String> closed(LocalMember member) {
        try {
            member.close();
            return Optional.empty();
        } catch (SQLException | RuntimeException problem) {
            return Optional.of(problem.toString());
        }
    }

    private void onLeft(Slot node, Optional<String> problem) {
        movedNanos = System.nanoTime();
        node.member = null;
        node.shards = 0;
        node.state = Fleet.State.LEFT;
        event(node.name() + " has left");
        problem.ifPresent(text -> failure = Optional.of(node.name() + " did not close: " + text));
    }

    private int placed() {
        return nodes.stream().mapToInt(node -> node.shards).sum();
    }

    private void onStoreBack(long now) {
        long acknowledged = progress.acknowledged() - outageAcknowledged;
        event("the lease store is back after " + seconds(TimeUnit.NANOSECONDS.toMillis(now - outageNanos)) + "; "
                + acknowledged + " deposits were acknowledged meanwhile, none seen waiting longer than "
                + seconds(outageWaitMillis));
        if (acknowledged == 0 && allowed > outageAcknowledged && placed() == AccountEntity.SHARDS) {
            failure = Optional.of(
                    "nothing was acknowledged while the lease store was away, although every shard had a" + " home");
        }
    }

    // ---- what the sender says ------------------------------------------------------------------------------------

    /** On the sender's thread. */
    private void onProgress(Report.Progress now) {
        boolean moved = now.acknowledged() > progress.acknowledged();
        progress = now;
        if (moved) {
            tell(() -> movedNanos = System.nanoTime());
        }
    }

    private void onBroken(Throwable broken) {
        tell(() -> failure = Optional.of("router: " + broken));
    }

    // ---- the end, and the display --------------------------------------------------------------------------------

    /** The router leaves first, which hosts nothing; then the nodes, all at once. Takes up to the shutdown time. */
    @Override
    public void close() {
        if (sender != null) {
            sender.close();
        }
        try {
            closing(router).join();
            for (Thread closing : nodes.stream().map(OneProcess::closing).toList()) {
                closing.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // they end all the same
        }
    }

    private static Thread closing(Slot slot) {
        LocalMember member = slot.member;
        Thread thread = new Thread(
                () -> {
                    if (member != null) {
                        Optional<String> unused = closed(member);
                    }
                },
                "close-" + slot.name());
        thread.start();
        return thread;
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    private double secondsSoFar() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private void event(String text) {
        display.event(secondsSoFar(), text);
    }

    private void show() {
        List<Display.Member> members = nodes.stream()
                .map(node -> new Display.Member(node.name(), node.arguments.port(), node.state, node.shards))
                .toList();
        Report.Progress now = progress;
        display.show(new Display.Snapshot(
                secondsSoFar(), now.acknowledged(), deposits.size(), rate.perSecond(), now, members));
    }
}
