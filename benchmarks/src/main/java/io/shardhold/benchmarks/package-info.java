/**
 * Whole clusters, measured: three nodes with production drivers in one JVM, over real sockets on loopback. Results are
 * JSON lines.
 */
@NullMarked
package io.shardhold.benchmarks;

import org.jspecify.annotations.NullMarked;
