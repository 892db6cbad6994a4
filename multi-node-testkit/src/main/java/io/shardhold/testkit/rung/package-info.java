/** The ways to run a cluster for a test, as the rest of the kit sees them. */
package io.shardhold.testkit.rung;
