package io.shardhold.examples.ledger;

import java.time.Duration;
import java.util.Locale;

/** The last line of a run. */
record Result(
        long deposits,
        long accounts,
        long lost,
        long duplicated,
        long staleFenceRefused,
        long longestGapMillis,
        Duration run) {
    String toJson() {
        return String.format(
                Locale.ROOT,
                "{\"deposits\":%d,\"accounts\":%d,\"lost\":%d,\"duplicated\":%d,\"staleFenceRefused\":%d,"
                        + "\"longestGapMillis\":%d,\"seconds\":%.1f}",
                deposits,
                accounts,
                lost,
                duplicated,
                staleFenceRefused,
                longestGapMillis,
                run.toMillis() / 1000.0);
    }
}
