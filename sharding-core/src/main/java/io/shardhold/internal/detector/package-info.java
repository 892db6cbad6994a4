/** Who answers: probes to the seats, their consents, and the right to serve that follows. */
package io.shardhold.internal.detector;
