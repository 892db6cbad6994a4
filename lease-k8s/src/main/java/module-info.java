import org.jspecify.annotations.NullMarked;

/** A lease that is a Lease object of Kubernetes. */
@NullMarked
module io.shardhold.lease.k8s {
    requires static transitive org.jspecify;
    requires transitive io.shardhold.lease;
    requires java.net.http;
    requires com.fasterxml.jackson.core;

    exports io.shardhold.lease.k8s;
}
