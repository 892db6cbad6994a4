package io.shardhold.testkit.loopback;

/**
 * What has become of the bytes from one machine to another. Immutable.
 *
 * @param opened connections that the first machine has opened to the second and that have said who they are
 * @param refused of these, those that ended because nothing ran there
 * @param broken of these, those that a test has broken
 * @param passedBytes bytes that arrived, those of answers on the other machine's connections included
 * @param heldBytes of all bytes, those that were held at first because the way was cut
 * @param delayedBytes of all bytes, those that had to wait for their time
 * @param damagedFrames frames of which a byte was changed
 */
record WayCounts(
        long opened,
        long refused,
        long broken,
        long passedBytes,
        long heldBytes,
        long delayedBytes,
        long damagedFrames) {}
