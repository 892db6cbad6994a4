import org.jspecify.annotations.NullMarked;

/** Whole clusters in a test: simulated, on loopback, in processes. */
@NullMarked
module io.shardhold.testkit {
    requires static transitive org.jspecify;
    requires transitive io.shardhold;

    exports io.shardhold.testkit;
    exports io.shardhold.testkit.history;
}
