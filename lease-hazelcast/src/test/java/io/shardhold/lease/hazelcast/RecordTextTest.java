package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.hazelcast.spi.merge.MergingValue;
import io.shardhold.lease.LeaseRecord;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTextTest {
    private static final LeaseRecord RECORD = new LeaseRecord("n1#5f3a", 101, Duration.ofSeconds(5), 7, false);

    static Stream<LeaseRecord> records() {
        return Stream.of(
                RECORD,
                new LeaseRecord("", 0, Duration.ZERO, 0, true),
                new LeaseRecord("a|b|\u00e4 #1", Long.MAX_VALUE, Duration.ofNanos(1), Long.MAX_VALUE, false),
                new LeaseRecord("x", 1, Duration.ofDays(9_999).plusMillis(1_500), 0, true));
    }

    @ParameterizedTest
    @MethodSource("records")
    void whatIsWrittenIsRead(LeaseRecord record) {
        RecordText text = new RecordText(record, -1, 3);
        assertThat(RecordText.parse(text.text())).isEqualTo(text);
    }

    @Test
    void theFormIsFixed() {
        assertThat(new RecordText(RECORD, 0xabc, 2).text()).isEqualTo("1|101|PT5S|7|0|0000000000000abc|2|n1#5f3a");
    }

    @Test
    void aViewCountsOnceSomethingWasAcknowledgedInIt() {
        RecordText first = RecordText.first(RECORD);
        assertThat(first.viewNumber()).isZero();
        RecordText counted = first.next(RECORD, 5);
        assertThat(counted.viewNumber()).isEqualTo(1);
        assertThat(counted.next(RECORD, 5)).as("once").isEqualTo(counted);
        assertThat(counted.next(RECORD, 6).viewNumber()).isEqualTo(2);
        assertThat(counted.next(RECORD, 6).next(RECORD, 5).viewNumber()).isEqualTo(3);
    }

    /** Two of five are cut off, and give up the others one after the other; none of what they write is acknowledged. */
    @Test
    void whatIsTriedWithoutAcknowledgementsNeverCountsForMoreThanAnAcknowledgedRecord() {
        RecordText before = RecordText.first(RECORD).next(RECORD, 5);
        RecordText tried = before.next(RECORD, 5);
        for (int i = 0; i < 9; i++) {
            tried = tried.next(RECORD);
        }
        RecordText renewed = before.next(RECORD).next(RECORD, 6);
        assertThat(LaterViewWins.isLater(renewed.text(), tried.text())).isTrue();
        assertThat(LaterViewWins.isLater(tried.text(), renewed.text())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "2|101|PT5S|7|0|0000000000000abc|2|n1#5f3a",
                "1|-1|PT5S|7|0|0000000000000abc|2|n1",
                "1|01|PT5S|7|0|0000000000000abc|2|n1",
                "1|9999999999999999999|PT5S|7|0|0000000000000abc|2|n1",
                "1|1|5|7|0|0000000000000abc|2|n1",
                "1|1|PT-5S|7|0|0000000000000abc|2|n1",
                "1|1|PTSS|7|0|0000000000000abc|2|n1",
                "1|1|PT5S|7|2|0000000000000abc|2|n1",
                "1|1|PT5S|7|0|abc|2|n1",
                "1|1|PT5S|7|0|0000000000000abc|2|",
                "1|1|PT5S|7|0|0000000000000abc|2"
            })
    void anythingElseIsRefusedByName(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecordText.parse(value))
                .withMessageContaining("'" + value + "'")
                .withMessageContaining("remove the value");
    }

    @Test
    void whatIsTooLongIsNeitherReadNorShownInFull() {
        String tooLong = RecordText.first(RECORD).text() + "x".repeat(RecordText.MOST_CHARS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecordText.parse(tooLong))
                .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(400));
    }

    private record Value(Object value) implements MergingValue<Object> {
        @Override
        public Object getDeserializedValue() {
            return value;
        }

        @Override
        public Object getRawValue() {
            return value;
        }
    }

    @Test
    void ofTwoThatMergeTheOneOfTheLaterViewStays() {
        LaterViewWins policy = new LaterViewWins();
        Value small = new Value(new RecordText(RECORD, 1, 4).text());
        Value large =
                new Value(new RecordText(new LeaseRecord("n2#1", 200, Duration.ofSeconds(5), 9, false), 1, 3).text());
        Value same =
                new Value(new RecordText(new LeaseRecord("n3#1", 300, Duration.ofSeconds(5), 0, false), 2, 3).text());
        assertThat(policy.merge(large, small)).isEqualTo(small.value());
        assertThat(policy.merge(same, large))
                .as("of the same number the one that is there")
                .isEqualTo(large.value());
        assertThat(policy.merge(small, null)).isEqualTo(small.value());
        assertThat(policy.merge(new Value(7), large)).isEqualTo(large.value());
    }

    /** Somebody may have taken the one that is replaced after the sides had joined, and still believe. */
    @Test
    void whatReplacesTheRecordOfTheLargerSideIsNobodysAndHasTheHigherToken() {
        LeaseRecord taken = new LeaseRecord("n2#1", 200, Duration.ofSeconds(9), 4, false);
        LeaseRecord released = new LeaseRecord("n1#5f3a", 101, Duration.ofSeconds(5), 7, true);
        LaterViewWins policy = new LaterViewWins();
        Value existing = new Value(new RecordText(taken, 1, 3).text());
        Object merged = policy.merge(new Value(new RecordText(released, 2, 4).text()), existing);
        assertThat(RecordText.parse(merged))
                .isEqualTo(new RecordText(
                        new LeaseRecord("n1#5f3a (merged)", 200, Duration.ofSeconds(5), 0, false), 2, 4));
        assertThat(RecordText.parse(
                                policy.merge(new Value(RecordText.first(RECORD).text()), new Value("foreign")))
                        .record()
                        .token())
                .isEqualTo(RECORD.token());
    }
}
