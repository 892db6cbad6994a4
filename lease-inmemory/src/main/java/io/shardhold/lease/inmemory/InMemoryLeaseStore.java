package io.shardhold.lease.inmemory;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.StoreAnswer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Records of leases in this process, for any number of contenders, with faults to order.
 *
 * <pre>{@code
 * InMemoryLeaseStore store = new InMemoryLeaseStore();
 * Lease first = new InMemoryLease(store, LeaseSettings.of("shop", "n1"));
 * Lease second = new InMemoryLease(store, LeaseSettings.of("shop", "n2"));
 * }</pre>
 *
 * <p>Each contender has a connection of its own. A request and its answer travel on the store's runtime, the network; an
 * answer that has travelled is delivered by a task of the contender's runtime. So a request of a contender that pauses or
 * dies arrives all the same, and its answer waits until the contender goes on. What is not delayed is answered within the
 * call. Nothing is kept about a contender.
 *
 * <p>Thread-safe. Stages complete outside of all locks.
 */
public final class InMemoryLeaseStore {
    private final @Nullable LeaseRuntime network;
    private final Object lock = new Object();
    private final Map<String, Cell> cells = new TreeMap<>();
    private Faults faults;
    private boolean down;
    private long requests;
    private long versions;

    /** A store in which nothing takes time; a fault that delays is refused. */
    public InMemoryLeaseStore() {
        this.network = null;
        this.faults = Faults.NONE;
    }

    /**
     * A store on a simulated or slow network.
     *
     * @param network runs what is under way; only its timers are used
     */
    public InMemoryLeaseStore(LeaseRuntime network, Faults faults) {
        this.network = Objects.requireNonNull(network, "network");
        this.faults = Objects.requireNonNull(faults, "faults");
    }

    /** From now on, these. Requests under way keep theirs. */
    public void setFaults(Faults faults) {
        synchronized (lock) {
            this.faults = Objects.requireNonNull(faults, "faults");
        }
    }

    /** Whether every request that arrives fails from now on. */
    public void setDown(boolean down) {
        synchronized (lock) {
            this.down = down;
        }
    }

    /** The way of one contender to this store, to be used by one lease. */
    public LeaseStore connect(String contender, LeaseRuntime contenderRuntime) {
        return new Connection(
                Objects.requireNonNull(contender, "contender"),
                Objects.requireNonNull(contenderRuntime, "contenderRuntime"));
    }

    /** The record of this name, as an operator sees it. */
    public Optional<LeaseRecord> record(String name) {
        synchronized (lock) {
            return Optional.ofNullable(cells.get(name)).map(Cell::record);
        }
    }

    /** An operator deletes the record. */
    public void delete(String name) {
        synchronized (lock) {
            cells.remove(name);
        }
    }

    /** An operator edits the record, creates it, or puts back an older one. */
    public void put(String name, LeaseRecord record) {
        synchronized (lock) {
            write(name, record);
        }
    }

    /** How many requests were sent to this store so far. */
    public long requests() {
        synchronized (lock) {
            return requests;
        }
    }

    private StoreAnswer read(String name) {
        Cell cell = cells.get(name);
        return cell == null ? new StoreAnswer.Absent() : new StoreAnswer.Found(cell.record(), cell.stamp());
    }

    private StoreAnswer compareAndSet(String name, LeaseStore.@Nullable Version expected, LeaseRecord next) {
        Cell cell = cells.get(name);
        LeaseStore.Version present = cell == null ? null : cell.stamp();
        return Objects.equals(present, expected)
                ? new StoreAnswer.Stored(write(name, next))
                : new StoreAnswer.Conflict();
    }

    private Stamp write(String name, LeaseRecord record) {
        Stamp stamp = new Stamp(++versions);
        cells.put(name, new Cell(record, stamp));
        return stamp;
    }

    private record Cell(LeaseRecord record, Stamp stamp) {}

    private record Stamp(long number) implements LeaseStore.Version {}

    private interface Deed {
        StoreAnswer doLocked();
    }

    private final class Connection implements LeaseStore {
        private final String contender;
        private final LeaseRuntime contenderRuntime;

        Connection(String contender, LeaseRuntime contenderRuntime) {
            this.contender = contender;
            this.contenderRuntime = contenderRuntime;
        }

        @Override
        public CompletionStage<StoreAnswer> read(String name) {
            return send(name, Faults.Operation.READ, () -> InMemoryLeaseStore.this.read(name));
        }

        @Override
        public CompletionStage<StoreAnswer> compareAndSet(String name, @Nullable Version expected, LeaseRecord next) {
            return send(
                    name, Faults.Operation.WRITE, () -> InMemoryLeaseStore.this.compareAndSet(name, expected, next));
        }

        private CompletionStage<StoreAnswer> send(String name, Faults.Operation operation, Deed deed) {
            Faults policy;
            long number;
            synchronized (lock) {
                policy = faults;
                number = ++requests;
            }
            Faults.Fault fault = policy.onRequest(new Faults.Request(contender, name, operation, number));
            CompletableFuture<StoreAnswer> answered = new CompletableFuture<>();
            if (fault.effect() != Faults.Effect.DROP_REQUEST) {
                travel(fault.requestDelay(), () -> arrive(fault, operation, deed, answered));
            }
            return answered;
        }

        private void arrive(
                Faults.Fault fault, Faults.Operation operation, Deed deed, CompletableFuture<StoreAnswer> answered) {
            StoreAnswer answer = decide(fault.effect(), operation, deed);
            if (fault.effect() == Faults.Effect.DROP_ANSWER) {
                return;
            }
            boolean travelled =
                    !fault.requestDelay().isZero() || !fault.answerDelay().isZero();
            travel(fault.answerDelay(), () -> {
                if (travelled) {
                    contenderRuntime.schedule(0, () -> answered.complete(answer));
                } else {
                    answered.complete(answer);
                }
            });
        }

        private StoreAnswer decide(Faults.Effect effect, Faults.Operation operation, Deed deed) {
            synchronized (lock) {
                if (down) {
                    return new StoreAnswer.Failed("the store is down");
                }
                return switch (effect) {
                    case FAIL -> new StoreAnswer.Failed("the store refuses");
                    case UNKNOWN -> new StoreAnswer.Unknown("no answer");
                    case CONFLICT ->
                        operation == Faults.Operation.WRITE
                                ? new StoreAnswer.Conflict()
                                : new StoreAnswer.Failed("the store refuses");
                    case DONE_BUT_UNKNOWN -> {
                        deed.doLocked();
                        yield new StoreAnswer.Unknown("no answer");
                    }
                    case NONE, DROP_ANSWER, DROP_REQUEST -> deed.doLocked();
                };
            }
        }

        private void travel(Duration delay, Runnable arrival) {
            if (delay.isZero()) {
                arrival.run();
            } else if (network == null) {
                throw new IllegalStateException("a store without a network cannot delay: " + delay);
            } else {
                network.schedule(delay.toNanos(), arrival);
            }
        }
    }
}
