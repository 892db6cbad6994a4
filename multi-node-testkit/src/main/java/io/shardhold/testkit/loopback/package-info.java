/** Whole nodes over real sockets in one process, with a layer between them that holds, delays and damages what passes. */
package io.shardhold.testkit.loopback;
