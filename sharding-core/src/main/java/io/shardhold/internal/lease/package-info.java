/** Keeps the lease of a node for those of its machines that need it. */
package io.shardhold.internal.lease;
