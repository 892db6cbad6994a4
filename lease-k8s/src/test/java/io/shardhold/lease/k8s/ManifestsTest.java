package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The manifests give what is needed and no more. */
class ManifestsTest {
    private static List<Map<String, Object>> documents(String file) throws IOException {
        List<Map<String, Object>> all = new ArrayList<>();
        for (String document :
                Files.readString(Path.of("..", "docs", "k8s", file)).split("\n---\n", -1)) {
            all.add(KubeYaml.readMapping(document));
        }
        return all;
    }

    private static Map<String, Object> rule(Map<String, Object> role, int index) {
        return Json.objectOf(((List<?>) role.get("rules")).get(index));
    }

    @Test
    void theRoleHasTheLeastRights() throws Exception {
        List<Map<String, Object>> documents = documents("rbac.yaml");
        assertThat(documents)
                .extracting(document -> document.get("kind"))
                .containsExactly("ServiceAccount", "Role", "RoleBinding");
        Map<String, Object> role = documents.get(1);
        assertThat((List<?>) role.get("rules")).hasSize(2);
        assertThat(rule(role, 0))
                .containsEntry("verbs", List.of("get", "update"))
                .containsEntry("resourceNames", List.of("shop"));
        assertThat(rule(role, 1)).containsEntry("verbs", List.of("create")).doesNotContainKey("resourceNames");
        for (int i = 0; i < 2; i++) {
            assertThat(rule(role, i))
                    .containsEntry("apiGroups", List.of("coordination.k8s.io"))
                    .containsEntry("resources", List.of("leases"));
        }
    }

    @Test
    void theseRightsAreEnough() throws Exception {
        TreeSet<String> used = new TreeSet<>();
        try (LeasesUnderTest store = new LeasesUnderTest()) {
            store.server().grant(FakeApiServer.TOKEN, (verb, name) -> {
                used.add(verb);
                return true;
            });
            try (var runtime = io.shardhold.lease.LeaseRuntime.system()) {
                var connection = store.connect("a", runtime);
                connection.read("shop").toCompletableFuture().join();
                var record = new io.shardhold.lease.LeaseRecord("a#1", 1, java.time.Duration.ofSeconds(5), 0, false);
                var stored = (io.shardhold.lease.StoreAnswer.Stored) connection
                        .compareAndSet("shop", null, record)
                        .toCompletableFuture()
                        .join();
                connection
                        .compareAndSet("shop", stored.version(), record)
                        .toCompletableFuture()
                        .join();
            }
        }
        assertThat(used).containsExactly("create", "get", "update");
    }

    @Test
    void theFlowSchemaCoversTheSameVerbs() throws Exception {
        Map<String, Object> schema = documents("flowschema.yaml").get(0);
        assertThat(schema)
                .containsEntry("kind", "FlowSchema")
                .containsEntry("apiVersion", "flowcontrol.apiserver.k8s.io/v1");
        Map<String, Object> rules = rule(Json.objectIn(schema, "spec"), 0);
        assertThat(Json.objectOf(((List<?>) rules.get("resourceRules")).get(0)))
                .containsEntry("verbs", List.of("get", "create", "update"));
    }

    @Test
    void theLeaseToCreateBeforehandCountsAsReleased() throws Exception {
        Map<String, Object> lease = documents("lease.yaml").get(0);
        Json.objectIn(lease, "metadata").put("uid", "u");
        Json.objectIn(lease, "metadata").put("resourceVersion", "1");
        assertThat(LeaseObject.read(Json.write(lease), "shop").record().released())
                .isTrue();
    }
}
