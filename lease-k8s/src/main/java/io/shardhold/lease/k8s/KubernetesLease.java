package io.shardhold.lease.k8s;

import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.RecordLease;
import java.time.Duration;

/**
 * A lease that is a Lease object of Kubernetes, for {@code kubectl get lease} to show.
 *
 * <pre>{@code
 * LeaseSettings settings = KubernetesLease.settings("shop", "shop-0");
 * try (KubernetesLease lease = new KubernetesLease(KubernetesAccess.inCluster(), settings)) {
 *     lease.onLost(lost -> stopCommanding(lost.token()));
 *     lease.acquire(0).thenAccept(answer -> log(answer.toString()));
 * }
 * }</pre>
 *
 * <p>Needs the rights to get and update this object, and to create it unless somebody else has; never to delete. Each
 * lease has a connection of its own, and closes it. Labels, annotations and fields of others stay on the object.
 *
 * <p>Closed on a JDK before 21, one daemon thread of the JDK's HTTP client remains until the next garbage collection.
 */
public final class KubernetesLease extends RecordLease {
    private static final System.Logger LOG = System.getLogger("io.shardhold.lease.k8s");

    private final Endpoint endpoint;
    private final String objectName;

    /**
     * A lease on the clocks of the system, with threads of its own. Sends nothing yet.
     *
     * @throws IllegalArgumentException if a file or field of the access is missing or of no use, or if the ttl is not of
     *     2 or more whole seconds; with the remedy
     */
    public KubernetesLease(KubernetesAccess access, LeaseSettings settings) {
        this(access.endpoint(), settings);
    }

    private KubernetesLease(Endpoint endpoint, LeaseSettings settings) {
        super(runtime -> store(endpoint, settings, runtime), settings);
        this.endpoint = endpoint;
        this.objectName = ObjectName.of(settings.name());
        LOG.log(
                System.Logger.Level.INFO,
                "lease {0} is Lease {1} at {2}, asked for by {3}",
                settings.name(),
                objectName,
                endpoint,
                owner());
    }

    /**
     * The records alone, for programs that look at them and ask for nothing. To be closed by the caller, as the runtime is.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public static LeaseStore store(KubernetesAccess access, LeaseSettings settings, LeaseRuntime runtime) {
        return store(access.endpoint(), settings, runtime);
    }

    private static LeaseStore store(Endpoint endpoint, LeaseSettings settings, LeaseRuntime runtime) {
        checkTtl(settings);
        return new KubernetesLeaseStore(endpoint, settings.requestTimeout(), runtime);
    }

    private static void checkTtl(LeaseSettings settings) {
        long seconds = settings.ttl().toSeconds();
        if (!Duration.ofSeconds(seconds).equals(settings.ttl()) || seconds <= LeaseObject.RELEASED_SECONDS) {
            throw new IllegalArgumentException(
                    "ttl must be of whole seconds, as a Lease of Kubernetes has no others, and"
                            + " more than 1, which marks a release; was " + settings.ttl() + ": use "
                            + Duration.ofSeconds(seconds + 1));
        }
    }

    /**
     * Settings for an API server: a ttl of 10 s (with the rest, a takeover within 12 s), a margin of 1 s, a renewal every
     * 2.5 s, a poll of 1 s and a request timeout of 2 s. So each contender sends less than one request per second.
     */
    public static LeaseSettings settings(String name, String owner) {
        return LeaseSettings.of(name, owner)
                .withTimes(
                        Duration.ofSeconds(10),
                        Duration.ofMillis(2500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2));
    }

    /**
     * The name of the object. It is that of the lease if an object may be called so; else one made of it, with a hash, such
     * as {@code shop-1-0a1b2c3d4e} for {@code Shop_1}.
     */
    public String objectName() {
        return objectName;
    }

    /** The namespace of the object. */
    public String namespace() {
        return endpoint.namespace();
    }

    /** No secrets. */
    @Override
    public String toString() {
        return "KubernetesLease[" + objectName + " at " + endpoint + ", " + owner() + ']';
    }
}
