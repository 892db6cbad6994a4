/** A program that holds, watches and contends for a lease, to try one on a real store. */
@NullMarked
package io.shardhold.examples.leasetool;

import org.jspecify.annotations.NullMarked;
