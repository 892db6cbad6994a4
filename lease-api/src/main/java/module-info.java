import org.jspecify.annotations.NullMarked;

/** One holder at a time, with a number that rises: the contract of a lease and the engine behind every implementation. */
@NullMarked
module io.shardhold.lease {
    requires static transitive org.jspecify;

    exports io.shardhold.lease;
}
