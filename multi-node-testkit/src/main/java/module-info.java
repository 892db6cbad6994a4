import org.jspecify.annotations.NullMarked;

/** Whole clusters in a test: simulated, on loopback, in processes. */
@NullMarked
module io.shardhold.testkit {
    requires static transitive org.jspecify;
    requires transitive io.shardhold;
    requires io.shardhold.lease.inmemory;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires static transitive org.junit.jupiter.api;
    requires static org.opentest4j;

    exports io.shardhold.testkit;
    exports io.shardhold.testkit.fault;
    exports io.shardhold.testkit.history;
}
