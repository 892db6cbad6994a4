package io.shardhold.lease.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.shardhold.lease.LeaseRecord;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a record when two sides of a split merge: the one for which more views have counted stays, of two
 * with the same number that of the larger side. If that replaces the record of the larger side, nobody holds it: all
 * wait.
 *
 * <pre>{@code
 * map.setMergePolicyConfig(new MergePolicyConfig().setPolicy(LaterViewWins.class.getName()));
 * }</pre>
 *
 * <p>Implementation note. Not the higher token: a side without a majority does not know at once that it is one, and
 * what was tried there meanwhile is refused to the one who tried but stays in its map, with any token. Not always the
 * larger side either, which is Hazelcast's rule: where members were added it may be the one without the majority. But
 * acknowledgements tell. A view counts once a record was acknowledged in it and its writer has written the next. On the
 * side with the majority that is so one renewal after somebody has taken or renewed the lease there. On the other,
 * nothing is acknowledged any more: no view counts but the one from before the split, which both have, however often
 * members are given up there one after the other, and whatever is tried meanwhile.
 *
 * <p>A merge may take longer than anybody waits for it. Then the record that is replaced may have been taken in the
 * merged cluster, by somebody who believes, and the owner of the other, which is out of date, would find his own and
 * take it at once. So what comes out has the higher token and an owner that no incarnation is; whoever wants it waits
 * for its ttl + margin.
 */
public final class LaterViewWins implements SplitBrainMergePolicy<Object, MergingValue<Object>, Object> {
    private static final String MERGED = " (merged)";

    /** For Hazelcast. */
    public LaterViewWins() {}

    @Override
    public Object merge(MergingValue<Object> merging, @Nullable MergingValue<Object> existing) {
        if (existing == null) {
            return merging.getRawValue();
        }
        return isLater(merging.getDeserializedValue(), existing.getDeserializedValue())
                ? nobodys(merging.getDeserializedValue(), existing.getDeserializedValue())
                : existing.getRawValue();
    }

    private static String nobodys(Object later, Object earlier) {
        RecordText text = RecordText.parse(later);
        LeaseRecord record = text.record();
        LeaseRecord merged = new LeaseRecord(
                record.owner() + MERGED, Math.max(record.token(), token(earlier)), record.ttl(), 0, false);
        return new RecordText(merged, text.view(), text.viewNumber()).text();
    }

    private static long token(Object value) {
        try {
            return RecordText.parse(value).record().token();
        } catch (IllegalArgumentException noRecord) {
            return 0;
        }
    }

    /** A value that is no record is earlier than any that is. */
    static boolean isLater(Object one, Object other) {
        return viewNumber(one) > viewNumber(other);
    }

    private static long viewNumber(Object value) {
        try {
            return RecordText.parse(value).viewNumber();
        } catch (IllegalArgumentException noRecord) {
            return -1;
        }
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // There is nothing to it but the class.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // There is nothing to it but the class.
    }
}
