/** Runnable programs; the main command of the README is among them. */
@NullMarked
package io.shardhold.examples;

import org.jspecify.annotations.NullMarked;
