package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.LeaseHeld;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.RecordLease;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** One lease and all who want it, in real time, with what each was granted. */
final class Contest implements AutoCloseable {
    private final LeaseSettings settings;
    private final Map<String, RecordLease> leases = new LinkedHashMap<>();
    private final Map<Long, Grant> grants = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private Set<String> wanting = Set.of();

    /** From the sending of the request that began it to the latest moment at which it may have been believed. */
    private record Grant(String owner, long token, long sentNanos, long deadlineNanos) {
        @Override
        public String toString() {
            return owner + " token " + token + " from " + sentNanos / 1_000_000 + " to " + deadlineNanos / 1_000_000
                    + " ms";
        }
    }

    Contest(LeaseSettings settings) {
        this.settings = settings;
    }

    String name() {
        return settings.name();
    }

    synchronized void add(String owner, Function<LeaseSettings, RecordLease> open) {
        RecordLease lease = open.apply(settings.withOwner(owner));
        lease.onHeld(held -> onHeld(owner, held));
        leases.put(owner, lease);
    }

    synchronized void want(String... owners) {
        wanting = Set.of(owners);
    }

    synchronized void allWant() {
        wanting = Set.copyOf(leases.keySet());
    }

    private synchronized void onHeld(String owner, LeaseHeld held) {
        long life = settings.ttl().minus(settings.margin()).toNanos();
        Grant known = grants.get(held.token());
        if (known != null && !(known.owner().equals(owner) && held.renewal())) {
            violations.add(owner + " was granted what " + known + " was granted before");
        } else {
            long sent = known == null ? held.deadlineNanos() - life : known.sentNanos();
            grants.put(held.token(), new Grant(owner, held.token(), sent, held.deadlineNanos()));
        }
    }

    /** One round of asking. */
    synchronized void poll() {
        leases.forEach((owner, lease) -> {
            if (wanting.contains(owner) && !lease.checkAlive()) {
                var unused = lease.acquire(0);
            }
        });
    }

    /** Looks who believes; whoever did before and does after another was seen to believe did so at the same time. */
    synchronized void look() {
        for (Map.Entry<String, RecordLease> one : leases.entrySet()) {
            if (!one.getValue().checkAlive()) {
                continue;
            }
            for (Map.Entry<String, RecordLease> other : leases.entrySet()) {
                if (other != one
                        && other.getValue().checkAlive()
                        && one.getValue().checkAlive()) {
                    violations.add(one.getKey() + " and " + other.getKey() + " believe at once");
                }
            }
        }
    }

    synchronized Optional<String> holder() {
        return leases.keySet().stream()
                .filter(owner -> leases.get(owner).checkAlive())
                .findFirst();
    }

    synchronized long highestToken() {
        return grants.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    synchronized boolean sawTwo() {
        return !violations.isEmpty() || !overlaps().isEmpty();
    }

    synchronized void assertAtMostOneEverBelieved() {
        assertThat(violations).as("%s %s", name(), grants.values()).isEmpty();
        assertThat(overlaps()).as("%s %s", name(), grants.values()).isEmpty();
    }

    /** Whoever was granted it next had sent for it only after the one before could not believe any more. */
    private List<String> overlaps() {
        List<Grant> inOrder = grants.values().stream()
                .sorted(Comparator.comparingLong(Grant::token))
                .toList();
        List<String> overlaps = new ArrayList<>();
        for (int i = 1; i < inOrder.size(); i++) {
            if (inOrder.get(i).sentNanos() - inOrder.get(i - 1).deadlineNanos() <= 0) {
                overlaps.add(inOrder.get(i) + " after " + inOrder.get(i - 1));
            }
        }
        return overlaps;
    }

    @Override
    public synchronized String toString() {
        return name() + " " + grants.values();
    }

    @Override
    public synchronized void close() {
        leases.values().forEach(RecordLease::close);
    }
}
