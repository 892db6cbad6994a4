/** The words that nodes exchange: control messages by the machine that receives them, data messages, map entries. */
package io.shardhold.internal.protocol;
