package io.shardhold.lease.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.shardhold.lease.LeaseRecord;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a record when two sides of a split merge: the higher token wins, of equal ones the later renewal.
 * Hazelcast lets the larger side win, and that may be the one without the majority of voters, if members were added there.
 *
 * <pre>{@code
 * map.setMergePolicyConfig(new MergePolicyConfig().setPolicy(HigherTokenWins.class.getName()));
 * }</pre>
 */
public final class HigherTokenWins implements SplitBrainMergePolicy<Object, MergingValue<Object>, Object> {
    /** For Hazelcast. */
    public HigherTokenWins() {}

    @Override
    public Object merge(MergingValue<Object> merging, @Nullable MergingValue<Object> existing) {
        if (existing == null) {
            return merging.getRawValue();
        }
        return isLater(merging.getDeserializedValue(), existing.getDeserializedValue())
                ? merging.getRawValue()
                : existing.getRawValue();
    }

    /** A value that is no record is earlier than any that is. */
    static boolean isLater(Object one, Object other) {
        LeaseRecord first = recordOrNull(one);
        LeaseRecord second = recordOrNull(other);
        if (first == null || second == null) {
            return first != null;
        }
        return first.token() != second.token() ? first.token() > second.token() : first.renewals() > second.renewals();
    }

    private static @Nullable LeaseRecord recordOrNull(Object value) {
        try {
            return RecordText.parse(value);
        } catch (IllegalArgumentException noRecord) {
            return null;
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
