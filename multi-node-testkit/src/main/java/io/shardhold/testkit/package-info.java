/** Whole clusters in one thread and in virtual time: the production code of every node, its real codec, a simulated network. */
package io.shardhold.testkit;
