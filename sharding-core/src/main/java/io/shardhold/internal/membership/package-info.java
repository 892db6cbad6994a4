/** The life of a node: it looks for a cluster, founds or joins one, leaves it, or starts over. */
package io.shardhold.internal.membership;
