/** One loop over all machines of a node, and the ports through which it meets time, chance, threads and the wire. */
package io.shardhold.internal.kernel;
