package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.lease.k8s.FakeLeases.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The fake keeps the rules that were measured on a real server; else what is tested over it is worth little. */
class FakeApiServerTest {
    private final FakeLeases leases = new FakeLeases();

    private static byte[] lease(String metadata, String spec) {
        return ("{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"name\":\"a\"" + metadata
                        + "},\"spec\":{" + spec + "}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private int create(String metadata, String spec) {
        return leases.create("shop", lease(metadata, spec)).status();
    }

    private int update(String metadata, String spec) {
        return leases.update("shop", "a", lease(metadata, spec)).status();
    }

    private String field(String field) {
        Map<String, Object> object = leases.object("shop", "a").orElseThrow();
        return (String) Json.objectIn(object, "metadata").get(field);
    }

    private String at(String version) {
        return ",\"resourceVersion\":\"" + version + '"';
    }

    @Test
    void creationAndItsRefusals() {
        assertThat(create(at("7"), "")).isEqualTo(500);
        assertThat(create("", "")).isEqualTo(201);
        assertThat(create("", "")).isEqualTo(409);
        assertThat(leases.create("nowhere", lease("", "")).status()).isEqualTo(404);
        assertThat(leases.create("shop", lease(",\"namespace\":\"other\"", "")).status())
                .isEqualTo(400);
        assertThat(leases.create("shop", "{}".getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(400);
    }

    @Test
    void aVersionIsAskedForAndCompared() {
        create("", "");
        String version = field("resourceVersion");
        assertThat(update(at(version), "\"holderIdentity\":\"\"")).isEqualTo(200);
        assertThat(update(at(version), "\"holderIdentity\":\"x\"")).isEqualTo(409);
        assertThat(update(at("99999999"), "")).isEqualTo(409);
        assertThat(update("", "")).isEqualTo(422);
        assertThat(update(at("0"), "")).isEqualTo(422);
        assertThat(update(at("x"), "")).isEqualTo(500);
        assertThat(update(at(field("resourceVersion")) + ",\"uid\":\"other\"", ""))
                .isEqualTo(409);
    }

    @Test
    void anUpdateBringsADeletedObjectBackUnlessItNamesTheUid() {
        create("", "");
        String version = field("resourceVersion");
        String uid = field("uid");
        leases.delete("shop", "a");
        assertThat(update(at(version) + ",\"uid\":\"" + uid + '"', "")).isEqualTo(409);
        assertThat(leases.get("shop", "a").status()).isEqualTo(404);
        assertThat(update(at(version), "")).isEqualTo(201);
        assertThat(field("uid")).isNotEqualTo(uid);
        assertThat(leases.recreated()).isEqualTo(1);
    }

    @Test
    void anUpdateThatChangesNothingKeepsTheVersion() {
        create("", "\"holderIdentity\":\"x\"");
        Reply before = leases.get("shop", "a");
        assertThat(leases.update("shop", "a", Json.write(before.body())).body()).isEqualTo(before.body());
    }

    @Test
    void timesHaveSixDigits() {
        create("", "");
        for (String wrong : List.of("", ".1", ".123", ".123456789")) {
            String time = "\"renewTime\":\"2026-11-20T10:00:00" + wrong + "Z\"";
            assertThat(update(at(field("resourceVersion")), time)).as(time).isEqualTo(400);
        }
        String offset = "\"renewTime\":\"2026-11-20T12:00:00.123456+02:00\"";
        assertThat(update(at(field("resourceVersion")), offset)).isEqualTo(200);
        assertThat(Json.objectIn(leases.object("shop", "a").orElseThrow(), "spec"))
                .containsEntry("renewTime", "2026-11-20T10:00:00.123456Z");
    }

    @Test
    void numbersHaveTheirRanges() {
        create("", "");
        String version = at(field("resourceVersion"));
        assertThat(update(version, "\"leaseDurationSeconds\":0")).isEqualTo(422);
        assertThat(update(version, "\"leaseDurationSeconds\":2147483648")).isEqualTo(400);
        assertThat(update(version, "\"leaseDurationSeconds\":1.5")).isEqualTo(400);
        assertThat(update(version, "\"leaseTransitions\":-1")).isEqualTo(422);
        Reply unknown = leases.update("shop", "a", lease(version, "\"foo\":1"));
        assertThat(unknown.status()).isEqualTo(200);
        assertThat(unknown.warnings()).hasSize(1);
    }

    @Test
    void ofFourWritersOnOneVersionOneWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            create("", "");
            for (int round = 0; round < 50; round++) {
                String version = at(field("resourceVersion"));
                List<Future<Integer>> all = new ArrayList<>();
                for (int writer = 0; writer < 4; writer++) {
                    String holder = "\"holderIdentity\":\"" + round + '-' + writer + '"';
                    all.add(threads.submit(() -> update(version, holder)));
                }
                int won = 0;
                for (Future<Integer> one : all) {
                    won += one.get() == 200 ? 1 : 0;
                }
                assertThat(won).isEqualTo(1);
            }
        } finally {
            threads.shutdown();
        }
    }
}
