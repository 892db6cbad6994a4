/** Long searches from the command line. */
package io.shardhold.testkit.soak;
