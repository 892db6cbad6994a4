/** What can go wrong in a test, in words that every rung understands. */
package io.shardhold.testkit.fault;
