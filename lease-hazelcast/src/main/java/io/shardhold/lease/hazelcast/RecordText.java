package io.shardhold.lease.hazelcast;

import io.shardhold.lease.LeaseRecord;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A record as the value of the map: {@code 1|token|ttl|renewals|released|view|number|owner}, the first a version. The
 * owner is last, as it may contain anything. A string needs no class on any member.
 *
 * @param record of the lease
 * @param view the last that counted: whom a writer saw, as a hash, whose record was acknowledged and who wrote the next
 * @param viewNumber how many views have counted
 */
record RecordText(LeaseRecord record, long view, long viewNumber) {
    /** Longest value that is read: the longest owner, with room. */
    static final int MOST_CHARS = 1_000;

    private static final int SHOWN_CHARS = 100;
    private static final String NUMBER = "\\|(0|[1-9][0-9]{0,18})";
    private static final Pattern FORM = Pattern.compile(
            "1" + NUMBER + "\\|(PT[0-9HMS.]{2,40})" + NUMBER + "\\|([01])\\|([0-9a-f]{16})" + NUMBER + "\\|(.*)",
            Pattern.DOTALL);

    /** The first record. */
    static RecordText first(LeaseRecord record) {
        return new RecordText(record, 0, 0);
    }

    /** What replaces this, which was read, so that nobody knows whether it was acknowledged. */
    RecordText next(LeaseRecord next) {
        return new RecordText(next, view, viewNumber);
    }

    /** What replaces this, by who wrote it in this view and had it acknowledged. */
    RecordText next(LeaseRecord next, long acknowledgedIn) {
        return new RecordText(next, acknowledgedIn, acknowledgedIn == view ? viewNumber : viewNumber + 1);
    }

    /** The value of the map. */
    String text() {
        return "1|" + record.token() + '|' + record.ttl() + '|' + record.renewals() + '|' + (record.released() ? 1 : 0)
                + '|' + "%016x".formatted(view) + '|' + viewNumber + '|' + record.owner();
    }

    /** @throws IllegalArgumentException naming the value and the remedy, if this is not a record */
    static RecordText parse(Object value) {
        if (value instanceof String text && text.length() <= MOST_CHARS) {
            Matcher form = FORM.matcher(text);
            if (form.matches()) {
                try {
                    return of(form);
                } catch (DateTimeException | IllegalArgumentException outOfRange) {
                    throw new IllegalArgumentException(complaint(value), outOfRange);
                }
            }
        }
        throw new IllegalArgumentException(complaint(value));
    }

    private static RecordText of(Matcher form) {
        LeaseRecord record = new LeaseRecord(
                form.group(7),
                Long.parseLong(form.group(1)),
                Duration.parse(form.group(2)),
                Long.parseLong(form.group(3)),
                form.group(4).equals("1"));
        return new RecordText(record, Long.parseUnsignedLong(form.group(5), 16), Long.parseLong(form.group(6)));
    }

    private static String complaint(Object value) {
        String shown = value instanceof String text ? text : value.getClass().getName();
        return "the map " + HazelcastLeaseConfig.MAP + " holds '"
                + (shown.length() > SHOWN_CHARS ? shown.substring(0, SHOWN_CHARS) + "..." : shown)
                + "' of which this version cannot make a record: keep other things in another "
                + "map, and remove the value";
    }
}
