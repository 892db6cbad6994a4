/** How messages become bytes and back: bounded reader and writer, tags, codec, handshake and frames. Any thread. */
package io.shardhold.internal.wire;
