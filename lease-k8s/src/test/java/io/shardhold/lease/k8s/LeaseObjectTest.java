package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.lease.LeaseRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What kubectl shows, and what of others stays. */
class LeaseObjectTest {
    private static final long AT = Instant.parse("2026-11-20T10:00:00.120Z").toEpochMilli();
    private static final Duration TTL = Duration.ofSeconds(10);

    private static byte[] bytes(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8).replace('"', '\'');
    }

    private static LeaseObject.Version read(String text) throws Json.Malformed {
        return LeaseObject.read(bytes(text), "shop");
    }

    private static String stored(String annotations, String spec) {
        return "{'metadata':{'name':'shop','uid':'u1','resourceVersion':'9','annotations':{" + annotations
                + "}},'spec':{" + spec + "}}";
    }

    @Test
    void aNewObjectAsItIsSent() {
        LeaseRecord first = new LeaseRecord("n1#5f", 1_796_000_001, TTL, 0, false);
        assertThat(text(LeaseObject.create("shop", "shop", first, AT)))
                .isEqualTo(
                        "{'apiVersion':'coordination.k8s.io/v1','kind':'Lease','metadata':{'name':'shop','annotations':{"
                                + "'shardhold.io/token':'1796000001','shardhold.io/owner':'n1#5f','shardhold.io/renewals':'0'}},"
                                + "'spec':{'holderIdentity':'n1#5f','leaseDurationSeconds':10,"
                                + "'renewTime':'2026-11-20T10:00:00.120000Z','acquireTime':'2026-11-20T10:00:00.120000Z',"
                                + "'leaseTransitions':0}}");
        assertThat(text(LeaseObject.create("shop-1-aa", "Shop_1", first, AT)))
                .contains("'annotations':{'shardhold.io/lease':'Shop_1',");
    }

    @Test
    void renewalTakeoverAndReleaseChangeOursAndKeepTheirs() throws Exception {
        String labels = "'labels':{'team':'blue'},'managedFields':[{'f:x':{}}],'finalizers':[]";
        LeaseObject.Version held =
                read("{'apiVersion':'coordination.k8s.io/v1','kind':'Lease','metadata':{'name':'shop',"
                        + "'uid':'u1','resourceVersion':'9'," + labels
                        + ",'annotations':{'note':'theirs','shardhold.io/token':'7',"
                        + "'shardhold.io/owner':'n1#5f','shardhold.io/renewals':'3'}},'spec':{'holderIdentity':'n1#5f',"
                        + "'leaseDurationSeconds':10,'acquireTime':'2026-11-20T09:00:00.000000Z','renewTime':'x',"
                        + "'leaseTransitions':4,'future':{'big':12345678901234567890.10}},'more':null}");
        LeaseRecord before = held.record();
        assertThat(before).isEqualTo(new LeaseRecord("n1#5f", 7, TTL, 3, false));

        String kept = "{'apiVersion':'coordination.k8s.io/v1','kind':'Lease','metadata':{'name':'shop','uid':'u1',"
                + "'resourceVersion':'9'," + labels + ",'annotations':{'note':'theirs',";
        String end = ",'future':{'big':12345678901234567890.10}},'more':null}";
        assertThat(text(LeaseObject.replace(held, new LeaseRecord("n1#5f", 7, TTL, 4, false), AT)))
                .isEqualTo(kept + "'shardhold.io/token':'7','shardhold.io/owner':'n1#5f','shardhold.io/renewals':'4'}},"
                        + "'spec':{'holderIdentity':'n1#5f','leaseDurationSeconds':10,"
                        + "'acquireTime':'2026-11-20T09:00:00.000000Z','renewTime':'2026-11-20T10:00:00.120000Z',"
                        + "'leaseTransitions':4" + end);
        assertThat(text(LeaseObject.replace(held, new LeaseRecord("n2#6a", 8, TTL, 0, false), AT)))
                .isEqualTo(kept + "'shardhold.io/token':'8','shardhold.io/owner':'n2#6a','shardhold.io/renewals':'0'}},"
                        + "'spec':{'holderIdentity':'n2#6a','leaseDurationSeconds':10,"
                        + "'acquireTime':'2026-11-20T10:00:00.120000Z','renewTime':'2026-11-20T10:00:00.120000Z',"
                        + "'leaseTransitions':5" + end);
        assertThat(text(LeaseObject.replace(held, new LeaseRecord("n1#5f", 7, TTL, 4, true), AT)))
                .isEqualTo(kept + "'shardhold.io/token':'7','shardhold.io/owner':'n1#5f','shardhold.io/renewals':'4'}},"
                        + "'spec':{'holderIdentity':'','leaseDurationSeconds':1,"
                        + "'acquireTime':'2026-11-20T09:00:00.000000Z','renewTime':'2026-11-20T10:00:00.120000Z',"
                        + "'leaseTransitions':4" + end);
    }

    @Test
    void theFractionHasSixDigitsWhateverTheTime() throws Exception {
        LeaseObject.Version seen = read(stored("", ""));
        for (long millis : new long[] {0, AT, AT + 1, 253_402_300_799_999L}) {
            assertThat(text(LeaseObject.replace(seen, new LeaseRecord("a#1", 1, TTL, 1, false), millis)))
                    .containsPattern("'renewTime':'\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z'");
        }
    }

    @Test
    void ofAForeignLeaseTheTransitionsAreTheToken() throws Exception {
        LeaseRecord foreign = read(stored(
                        "", "'holderIdentity':'pod-1','leaseDurationSeconds':15,'leaseTransitions':40"))
                .record();
        assertThat(foreign).isEqualTo(new LeaseRecord("pod-1", 40, Duration.ofSeconds(15), 0, false));
        assertThat(read(stored("'shardhold.io/token':'7'", "'leaseTransitions':40"))
                        .record()
                        .token())
                .isEqualTo(40);
        assertThat(read(stored("'shardhold.io/token':'70'", "'leaseTransitions':40"))
                        .record()
                        .token())
                .isEqualTo(70);
    }

    @Test
    void anObjectWithoutAHolderIsReleased() throws Exception {
        LeaseRecord empty = new LeaseRecord("", 0, Duration.ZERO, 0, true);
        assertThat(read("{'metadata':{'name':'shop','uid':'u','resourceVersion':'1'}}")
                        .record())
                .isEqualTo(empty);
        assertThat(read(stored("", "'holderIdentity':null")).record()).isEqualTo(empty);
        assertThat(read(stored("'shardhold.io/owner':'n1#5f','shardhold.io/renewals':'x'", "'holderIdentity':''"))
                        .record())
                .isEqualTo(new LeaseRecord("n1#5f", 0, Duration.ZERO, 0, true));
    }

    @Test
    void anObjectWhoseHolderWasEmptiedByHandIsNot() throws Exception {
        assertThat(read(stored("'shardhold.io/owner':'n1#5f'", "'holderIdentity':'','leaseDurationSeconds':10"))
                        .record())
                .isEqualTo(new LeaseRecord("n1#5f", 0, Duration.ofSeconds(10), 0, false));
        assertThat(read(stored("", "'leaseDurationSeconds':10")).record())
                .isEqualTo(new LeaseRecord("nobody", 0, Duration.ofSeconds(10), 0, false));
        assertThat(read(stored("'shardhold.io/owner':'n1#5f'", "'holderIdentity':'','leaseDurationSeconds':1"))
                        .record()
                        .released())
                .isTrue();
    }

    @Test
    void aTokenThatIsNoNumberIsRefusedWithTheRemedy() {
        for (String wrong : new String[] {"-1", "1.5", "", "9223372036854775808", "0x7"}) {
            assertThatThrownBy(() -> read(stored("'shardhold.io/token':'" + wrong + "'", "")))
                    .isInstanceOf(Json.Malformed.class)
                    .hasMessageContaining("'" + wrong + "'")
                    .hasMessageContaining("kubectl annotate --overwrite lease shop shardhold.io/token=N");
        }
    }

    @Test
    void transitionsStopAtTheirEnd() throws Exception {
        LeaseObject.Version last = read(stored("", "'leaseTransitions':2147483647"));
        assertThat(text(LeaseObject.replace(last, new LeaseRecord("a#1", 1, TTL, 0, false), AT)))
                .contains("'leaseTransitions':2147483647");
    }

    @Test
    void aTtlIsRoundedUp() {
        LeaseRecord odd = new LeaseRecord("a#1", 1, Duration.ofMillis(1001), 0, false);
        assertThat(text(LeaseObject.create("shop", "shop", odd, AT))).contains("'leaseDurationSeconds':2,");
        LeaseRecord none = new LeaseRecord("a#1", 1, Duration.ZERO, 0, false);
        assertThat(text(LeaseObject.create("shop", "shop", none, AT))).contains("'leaseDurationSeconds':1,");
    }

    @Test
    void anObjectThatIsNotTheOneAskedForIsRefused() {
        assertThatThrownBy(() -> read("{'metadata':{'name':'other','uid':'u','resourceVersion':'1'}}"))
                .isInstanceOf(Json.Malformed.class);
        assertThatThrownBy(() -> read("{'metadata':{'name':'shop','resourceVersion':'1'}}"))
                .isInstanceOf(Json.Malformed.class);
        assertThatThrownBy(() -> read("{'kind':'Status'}")).isInstanceOf(Json.Malformed.class);
    }
}
