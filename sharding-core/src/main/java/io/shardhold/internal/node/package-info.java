/** Puts a node together: the only place that knows all machines. Drivers run it, in production or in a simulation. */
package io.shardhold.internal.node;
