/** Runs a node in production: sockets, clocks, one kernel thread, worker threads, and the life from start to close. */
package io.shardhold.internal.driver;
