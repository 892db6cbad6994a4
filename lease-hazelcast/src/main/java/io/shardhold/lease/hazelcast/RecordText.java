package io.shardhold.lease.hazelcast;

import io.shardhold.lease.LeaseRecord;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A record as the value of the map: {@code 1|token|ttl|renewals|released|owner}, the first a version. The owner is last,
 * as it may contain anything. A string needs no class on any member.
 */
final class RecordText {
    /** Longest value that is read: the longest owner, twice over. */
    static final int MOST_CHARS = 1_000;

    private static final int SHOWN_CHARS = 100;
    private static final String NUMBER = "(0|[1-9][0-9]{0,18})";
    private static final Pattern FORM = Pattern.compile(
            "1\\|" + NUMBER + "\\|(PT[0-9HMS.]{2,40})\\|" + NUMBER + "\\|([01])\\|(.*)", Pattern.DOTALL);

    private RecordText() {}

    static String of(LeaseRecord record) {
        return "1|" + record.token() + '|' + record.ttl() + '|' + record.renewals() + '|' + (record.released() ? 1 : 0)
                + '|' + record.owner();
    }

    /** @throws IllegalArgumentException naming the value and the remedy, if this is not a record */
    static LeaseRecord parse(Object value) {
        if (value instanceof String text && text.length() <= MOST_CHARS) {
            Matcher form = FORM.matcher(text);
            if (form.matches()) {
                try {
                    return new LeaseRecord(
                            form.group(5),
                            Long.parseLong(form.group(1)),
                            Duration.parse(form.group(2)),
                            Long.parseLong(form.group(3)),
                            form.group(4).equals("1"));
                } catch (DateTimeException | IllegalArgumentException outOfRange) {
                    throw new IllegalArgumentException(complaint(value), outOfRange);
                }
            }
        }
        throw new IllegalArgumentException(complaint(value));
    }

    private static String complaint(Object value) {
        String shown = value instanceof String text ? text : value.getClass().getName();
        return "the map " + HazelcastLeaseConfig.MAP + " holds '"
                + (shown.length() > SHOWN_CHARS ? shown.substring(0, SHOWN_CHARS) + "..." : shown)
                + "' of which this version cannot make a record: use another map for other things, and remove the value";
    }
}
