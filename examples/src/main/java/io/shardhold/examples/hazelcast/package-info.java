/** Hazelcast members and clients of the examples, on addresses that are known beforehand. */
@NullMarked
package io.shardhold.examples.hazelcast;

import org.jspecify.annotations.NullMarked;
