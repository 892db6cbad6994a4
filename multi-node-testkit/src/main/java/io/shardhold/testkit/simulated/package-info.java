/** Nodes of production in one thread and in virtual time, with a network and machines that fail as a seed says. */
package io.shardhold.testkit.simulated;
