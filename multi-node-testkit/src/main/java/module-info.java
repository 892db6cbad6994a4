import org.jspecify.annotations.NullMarked;

/** Whole clusters in a test: simulated, on loopback, in processes. */
@NullMarked
module io.shardhold.testkit {
    requires static transitive org.jspecify;
    requires transitive io.shardhold;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;

    exports io.shardhold.testkit;
}
