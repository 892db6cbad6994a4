package io.shardhold.internal.driver;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers wait until the node is up, and tells them why it is not.
 *
 * <p>Concurrency: one lock around the latest reasons; events signal it, waiters look at their condition again at each
 * signal and a few times a second, because the right to serve also ends by time alone.
 */
final class UpWatch {
    private static final long LOOK_NANOS = 50_000_000L;
    private static final Duration LONGEST = Duration.ofDays(10_000);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** What is known of each other seed, in the order of the list. */
    private final Map<String, String> seeds = new LinkedHashMap<>();

    private @Nullable String refusal;
    private @Nullable String unanswered;
    private @Nullable String refusedPeer;
    private @Nullable String withoutRight;
    private @Nullable String end;

    UpWatch(String ownAddress, List<String> seedAddresses) {
        seedAddresses.stream()
                .filter(seed -> !seed.equals(ownAddress))
                .forEach(seed -> seeds.put(seed, "no answer yet"));
    }

    void onEvent(ClusterEvent event) {
        lock.lock();
        try {
            note(event);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void note(ClusterEvent event) {
        if (event instanceof ClusterEvent.JoinRefused refused) {
            refusal = refused.reason();
        } else if (event instanceof ClusterEvent.PeerRefused refused) {
            refusedPeer = "connection with " + refused.address() + " refused: " + refused.reason();
        } else if (event instanceof ClusterEvent.SeedsUnanswered told) {
            unanswered = told.detail();
        } else if (event instanceof ClusterEvent.Joined) {
            refusal = null;
            unanswered = null;
            withoutRight = "it is a member, but the seats have not consented yet";
        } else if (event instanceof ClusterEvent.RightLost lost) {
            withoutRight =
                    "it is a member without the right to serve; seats that do not consent: " + lost.missingSeats();
        } else if (event instanceof ClusterEvent.Reborn) {
            withoutRight = null;
        } else if (event instanceof ClusterEvent.Left) {
            end = end == null ? "this node has left the cluster" : end;
        } else if (event instanceof ClusterEvent.MachineFault fault) {
            end = "this node has stopped on a bug of Shardhold, please report it: " + fault.cause();
        }
    }

    private void onUnreachable(String address, String why) {
        lock.lock();
        try {
            seeds.computeIfPresent(address, (seed, before) -> why);
        } finally {
            lock.unlock();
        }
    }

    /** Hears what the transport tells of seeds, and passes everything on. */
    TransportListener listening(TransportListener node) {
        return new TransportListener() {
            @Override
            public void onControl(NodeId from, ControlMessage message) {
                node.onControl(from, message);
            }

            @Override
            public void onData(NodeId from, DataMessage message) {
                node.onData(from, message);
            }

            @Override
            public void onDataLinkLost(NodeId peer, List<DataMessage> unsent, long inDoubt) {
                node.onDataLinkLost(peer, unsent, inDoubt);
            }

            @Override
            public void onUnreachable(String address, String why) {
                UpWatch.this.onUnreachable(address, why);
                node.onUnreachable(address, why);
            }

            @Override
            public void onOutdated(long newestIncarnation) {
                node.onOutdated(newestIncarnation);
            }

            @Override
            public void onPeerRefused(String address, String why) {
                node.onPeerRefused(address, why);
            }
        };
    }

    /**
     * Waits until the condition holds.
     *
     * @throws IllegalStateException if the cluster refuses this node, if it has left, or if the limit has passed; the message says
     *     why, as far as it is known
     */
    void await(Duration limit, BooleanSupplier isUp) {
        Duration bounded = limit.compareTo(LONGEST) > 0 ? LONGEST : limit;
        long deadline = System.nanoTime() + bounded.toNanos();
        lock.lock();
        try {
            while (!isUp.getAsBoolean()) {
                if (refusal != null) {
                    throw new IllegalStateException("the cluster does not admit this node: " + refusal);
                }
                if (end != null) {
                    throw new IllegalStateException(end);
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new IllegalStateException("not up within " + limit.toMillis() / 1000.0 + " s: " + whyNot());
                }
                changed.awaitNanos(Math.min(left, LOOK_NANOS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting to be up", e);
        } finally {
            lock.unlock();
        }
    }

    /** The best that is known, under the lock. */
    private String whyNot() {
        String reason = withoutRight;
        if (reason == null) {
            reason = unanswered;
        }
        if (reason == null) {
            reason = seeds.isEmpty()
                    ? "this node, the only seed, has not founded its cluster yet"
                    : "no cluster found; seeds: "
                            + seeds.entrySet().stream()
                                    .map(seed -> seed.getKey() + ": " + seed.getValue())
                                    .collect(Collectors.joining("; "));
        }
        return refusedPeer == null ? reason : reason + "; " + refusedPeer;
    }
}
