package io.shardhold.testkit.loopback;

import io.shardhold.testkit.fault.Fault;
import io.shardhold.testkit.fault.LinkRule;
import java.util.SplittableRandom;

/** The way from one machine to another: its rule, its chance, and what has passed. Loop of the fault layer. */
final class Way {
    private final String from;
    private final String to;
    private final SplittableRandom random;
    private LinkRule rule = LinkRule.CLEAR;
    private boolean delaying;
    private long opened;
    private long refused;
    private long broken;
    private long passedBytes;
    private long heldBytes;
    private long delayedBytes;
    private long damagedFrames;

    /** A clear way; two ways with one seed draw the same. */
    Way(String from, String to, long seed) {
        this.from = from;
        this.to = to;
        this.random = new SplittableRandom(seed ^ (from + ">" + to).hashCode());
    }

    void rule(LinkRule changed) {
        rule = changed;
        // The delay of a good network is what the sockets have by themselves.
        delaying = changed.faults().contains(Fault.DELAY);
    }

    boolean isCut() {
        return rule.cut();
    }

    /** How long what comes now is to wait, drawn anew each time; 0 on a way without delay. */
    long delayNanos() {
        if (!delaying) {
            return 0;
        }
        long shortest = rule.shortest().toNanos();
        return shortest + random.nextLong(rule.longest().toNanos() - shortest + 1);
    }

    /** Whether a byte of the frame that begins now is to change. */
    boolean drawsDamage() {
        return rule.corruption() > 0 && random.nextDouble() < rule.corruption();
    }

    int drawsBelow(int bound) {
        return random.nextInt(Math.max(1, bound));
    }

    /** Bits that change in a byte, at least one. */
    int drawsFlip() {
        return 1 + random.nextInt(0xff);
    }

    void opened() {
        opened++;
    }

    void refused() {
        refused++;
    }

    void broken() {
        broken++;
    }

    void passed(int bytes) {
        passedBytes += bytes;
    }

    void held(int bytes) {
        heldBytes += bytes;
    }

    void delayed(int bytes) {
        delayedBytes += bytes;
    }

    void damaged() {
        damagedFrames++;
    }

    WayCounts counts() {
        return new WayCounts(opened, refused, broken, passedBytes, heldBytes, delayedBytes, damagedFrames);
    }

    @Override
    public String toString() {
        return from + " > " + to;
    }
}
