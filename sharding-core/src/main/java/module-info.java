import org.jspecify.annotations.NullMarked;

/** Cluster sharding: entities by id on exactly one node each, moved and recovered without two owners. */
@NullMarked
@SuppressWarnings("module") // the test kit is not on the module path when this module is compiled
module io.shardhold {
    requires static transitive org.jspecify;
    requires transitive io.shardhold.lease;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.cbor;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;

    exports io.shardhold;
    exports io.shardhold.allocation;
    exports io.shardhold.cluster;
    exports io.shardhold.config;
    exports io.shardhold.entity;
    exports io.shardhold.internal.driver to
            io.shardhold.testkit;
    exports io.shardhold.internal.kernel to
            io.shardhold.testkit;
    exports io.shardhold.internal.node to
            io.shardhold.testkit;
    exports io.shardhold.internal.protocol to
            io.shardhold.testkit;
    exports io.shardhold.internal.region to
            io.shardhold.testkit;
    exports io.shardhold.internal.shard to
            io.shardhold.testkit;
    exports io.shardhold.internal.signal to
            io.shardhold.testkit;
    exports io.shardhold.internal.wire to
            io.shardhold.testkit;
}
