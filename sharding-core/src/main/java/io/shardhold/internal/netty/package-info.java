/** The wire over TCP: the only package that knows Netty. */
package io.shardhold.internal.netty;
