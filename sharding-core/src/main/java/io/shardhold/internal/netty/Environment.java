package io.shardhold.internal.netty;

import io.shardhold.internal.kernel.Counters;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.internal.wire.WireCodec;

/** What all connections of a transport share, across rebirths. */
record Environment(
        NettyTransport.Settings settings,
        Counters counters,
        WireCodec codec,
        Loops loops,
        Resolver resolver,
        Incarnations incarnations) {
    static final System.Logger LOG = System.getLogger("io.shardhold.internal.netty");

    /** Bytes of a channel's own buffer at which it stops and goes on taking messages. */
    static final int LOW_WATER_BYTES = 64 * 1024;

    static final int HIGH_WATER_BYTES = 256 * 1024;

    /** How often each end of a connection looks at the clock, per silence timeout. */
    private static final int TICKS_PER_SILENCE = 4;

    int longestFrame() {
        return FrameKind.longestFrame(settings.limits().frameBytes());
    }

    long silenceNanos() {
        return settings.silenceTimeout().toNanos();
    }

    long tickNanos() {
        return Math.max(1_000_000L, silenceNanos() / TICKS_PER_SILENCE);
    }
}
