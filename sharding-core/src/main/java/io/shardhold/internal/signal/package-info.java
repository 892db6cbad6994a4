/** Facts that the machines of one node tell each other. */
package io.shardhold.internal.signal;
