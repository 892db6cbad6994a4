import org.jspecify.annotations.NullMarked;

/** A lease whose store is this process, for development and tests. */
@NullMarked
module io.shardhold.lease.inmemory {
    requires static transitive org.jspecify;
    requires transitive io.shardhold.lease;

    exports io.shardhold.lease.inmemory;
}
