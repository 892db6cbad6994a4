package io.shardhold.config;

/**
 * How much of each thing there may be. What goes beyond is refused and reported, never queued without a bound.
 *
 * @param frameBytes longest message or answer on the wire; a larger message is refused at the caller; the same on all
 *     nodes, the handshake refuses others; 1 MiB
 * @param parkedPerShard messages parked for one shard without a reachable home; the newest is refused; 10,000
 * @param parkedBytes bytes parked on the node; the newest is refused; 64 MiB
 * @param mailbox messages waiting for one entity; the newest is refused; 100,000
 * @param outboundBytesPerLink bytes waiting on one data connection; the newest is refused; 64 MiB
 * @param entities entities that live on the node at once; no further one is started; 1,000,000
 * @param openAsks asks that wait for an answer; the newest is refused; 100,000
 * @param members members that a cluster admits, those removed lately included; 1,000
 */
public record Limits(
        int frameBytes,
        int parkedPerShard,
        long parkedBytes,
        int mailbox,
        long outboundBytesPerLink,
        int entities,
        int openAsks,
        int members) {
    public static final Limits DEFAULT =
            new Limits(1 << 20, 10_000, 64L << 20, 100_000, 64L << 20, 1_000_000, 100_000, 1_000);
}
