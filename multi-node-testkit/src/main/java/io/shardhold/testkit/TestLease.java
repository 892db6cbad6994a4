package io.shardhold.testkit;

import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.inmemory.Faults;
import io.shardhold.lease.inmemory.InMemoryLeaseStore;
import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.rung.ProcessLease;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The lease of a cluster in a test, and the store that keeps it: with everything that a store does to those who need it.
 *
 * <pre>{@code
 * TestLease lease = spec.lease();
 * TestNode before = spec.coordinator();
 * lease.unreachableFor(before);
 * spec.awaitAssert(
 *         Duration.ofSeconds(30),
 *         () -> assertThat(lease.holder()).isPresent().isNotEqualTo(Optional.of(before.name())));
 * }</pre>
 *
 * <p>Each node has a lease of its own, on its own clocks; a node that crashes leaves its record behind. Test's thread only.
 *
 * <p>Concurrency: on real rungs requests ask for their faults on threads of their own; what they read is guarded by this object.
 */
public final class TestLease {
    private static final int MILLION = 1_000_000;

    private final MultiNodeSpec spec;
    private final SeededChance chance;
    private final InMemoryLeaseStore store;
    private final Map<String, LinkRule> ways = new TreeMap<>();
    private LinkRule everybody = LinkRule.CLEAR;
    private LeaseSettings settings;

    TestLease(MultiNodeSpec spec, LeaseSettings settings, SeededChance chance) {
        this.spec = spec;
        this.settings = settings;
        this.chance = chance;
        this.store = new InMemoryLeaseStore(spec.cluster().leaseNetwork(), this::fault);
    }

    /** The times of the lease, instead of the defaults. Before the cluster starts. */
    public TestLease times(Duration ttl, Duration renew, Duration margin, Duration poll, Duration requestTimeout) {
        spec.beforeStart("the times of the lease");
        settings = settings.withTimes(ttl, renew, margin, poll, requestTimeout);
        return this;
    }

    /** The settings of each node's lease, but for the owner. */
    public LeaseSettings settings() {
        return settings;
    }

    /** The lease of one machine. */
    ProcessLease of(String node) {
        return new ProcessLease(settings.withOwner(node), runtime -> store.connect(node, runtime));
    }

    /** Whoever may believe that it holds the lease, as the store's record says: a node's name; empty if it was released. */
    public Optional<String> holder() {
        return store.record(settings.name())
                .filter(record -> !record.released())
                .map(record -> record.owner().substring(0, record.owner().indexOf('#')));
    }

    /** The token of the latest grant; 0 if there is no record. */
    public long token() {
        return store.record(settings.name()).map(LeaseRecord::token).orElse(0L);
    }

    /** Every request fails from now on. */
    public void down() {
        spec.require(Fault.LEASE_STORE);
        spec.note("the lease store is down");
        store.setDown(true);
    }

    /** Requests of this node, and answers to it, are lost from now on. */
    public void unreachableFor(TestNode node) {
        way(node, LinkRule.CLEAR.loss(1));
    }

    /** Requests and answers of this node take their time, or are lost: delay and loss of the rule count, for each way. */
    public synchronized void way(TestNode node, LinkRule rule) {
        spec.require(Fault.LEASE_STORE);
        spec.note("the way of " + node + " to the lease store: " + rule);
        ways.put(node.name(), rule);
    }

    /** The same for all nodes. */
    public synchronized void way(LinkRule rule) {
        spec.require(Fault.LEASE_STORE);
        spec.note("the way to the lease store: " + rule);
        everybody = rule;
    }

    /** Somebody deletes the record, under a holder or not. */
    public void delete() {
        spec.require(Fault.LEASE_STORE);
        spec.note("the lease is deleted");
        store.delete(settings.name());
    }

    /** Ends all faults of the store. */
    public synchronized void heal() {
        store.setDown(false);
        ways.clear();
        everybody = LinkRule.CLEAR;
    }

    /** Drawn from the seed, as everything is: loss of the answer means that it was done, and nobody knows. */
    private synchronized Faults.Fault fault(Faults.Request request) {
        LinkRule rule = ways.getOrDefault(request.contender(), everybody);
        Faults.Effect effect = isLost(rule)
                ? Faults.Effect.DROP_REQUEST
                : isLost(rule) ? Faults.Effect.DROP_ANSWER : Faults.Effect.NONE;
        return new Faults.Fault(effect, latency(rule), latency(rule));
    }

    private boolean isLost(LinkRule rule) {
        return rule.cut() || chance.below(MILLION) < rule.loss() * MILLION;
    }

    private Duration latency(LinkRule rule) {
        return rule.shortest()
                .plusNanos(chance.below(rule.longest().minus(rule.shortest()).toNanos() + 1));
    }
}
