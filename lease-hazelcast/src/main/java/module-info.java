import org.jspecify.annotations.NullMarked;

/** A lease whose store is a record in a map of a Hazelcast cluster that belongs to the application. */
@NullMarked
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.shardhold.lease.hazelcast {
    requires static transitive org.jspecify;
    requires transitive com.hazelcast.core;
    requires transitive io.shardhold.lease;

    exports io.shardhold.lease.hazelcast;
}
