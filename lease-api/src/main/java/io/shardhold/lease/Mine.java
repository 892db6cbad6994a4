package io.shardhold.lease;

/**
 * A record that this lease wrote.
 *
 * @param certain whether nothing was sent since whose answer is not known
 */
record Mine(LeaseStore.Version version, LeaseRecord record, boolean certain) {}
