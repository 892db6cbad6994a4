package io.shardhold.lease.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a record when two sides of a split merge: the one that was written in a later view stays, of two
 * with the same number that of the larger side.
 *
 * <pre>{@code
 * map.setMergePolicyConfig(new MergePolicyConfig().setPolicy(LaterViewWins.class.getName()));
 * }</pre>
 *
 * <p>Implementation note. Not the higher token: a side without a majority does not know at once that it is one, and
 * what was tried there meanwhile is refused to the one who tried but stays in its map, with any token. Not always the
 * larger side either, which is Hazelcast's rule: where members were added it may be the one without the majority. But
 * views tell: the side with the majority writes after its view has changed, which raises the number of the view; the
 * other side writes before its view has changed, or not at all.
 */
public final class LaterViewWins implements SplitBrainMergePolicy<Object, MergingValue<Object>, Object> {
    /** For Hazelcast. */
    public LaterViewWins() {}

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
