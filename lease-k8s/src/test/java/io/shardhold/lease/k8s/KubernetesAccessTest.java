package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of configuration, and what is refused in it. */
class KubernetesAccessTest {
    private static final String KUBECTL = """
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority: ca.crt
                server: https://10.0.0.1:6443
              name: prod
            - cluster:
                server: https://rancher.example.com/k8s/clusters/c-1/
              name: dev
            contexts:
            - context:
                cluster: prod
                namespace: shop
                user: robot
              name: prod
            - context:
                cluster: dev
                user: robot
              name: dev
            current-context: prod
            kind: Config
            preferences: {}
            users:
            - name: robot
              user:
                token: sesame
            """;

    @TempDir
    Path folder;

    private Path file(String name, String text) {
        try {
            Files.createDirectories(folder.resolve(name).getParent());
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private KubernetesAccess access(String text) {
        return KubernetesAccess.kubeconfig(file("config", text));
    }

    private void refused(String text, String... parts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> access(text).endpoint())
                .withMessageContainingAll(parts)
                .withMessageContaining(folder.resolve("config").toString())
                .matches(refusal -> !refusal.getMessage().contains("sesame"));
    }

    @Test
    void theContextSaysServerUserAndNamespace() {
        KubernetesAccess access = access(KUBECTL);
        assertThat(access.server()).isEqualTo(URI.create("https://10.0.0.1:6443"));
        assertThat(access.namespace()).isEqualTo("shop");
        assertThat(access.endpoint().token().current(0)).isEqualTo("sesame");
        assertThat(access.withNamespace("other").namespace()).isEqualTo("other");
        KubernetesAccess dev = access.withContext("dev");
        assertThat(dev.server()).isEqualTo(URI.create("https://rancher.example.com/k8s/clusters/c-1"));
        assertThat(dev.namespace()).isEqualTo("default");
        assertThat(dev.toString() + dev.endpoint()).doesNotContain("sesame").contains("dev", "default");
    }

    @Test
    void theSameInJson() {
        KubernetesAccess access = access("""
                {"current-context": "a", "clusters": [{"name": "c", "cluster": {"server": "https://h:1",
                 "insecure-skip-tls-verify": false}}], "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
                 "users": [{"name": "u", "user": {"token": "sesame"}}]}
                """);
        assertThat(access.server()).isEqualTo(URI.create("https://h:1"));
    }

    @Test
    void asKindAndK3sAndMinikubeWriteThem() {
        String base64 = Base64.getEncoder().encodeToString("x".getBytes(StandardCharsets.UTF_8));
        String kind = KUBECTL.replace("    certificate-authority: ca.crt", "    certificate-authority-data: " + base64)
                .replace(
                        "    token: sesame",
                        "    client-certificate-data: " + base64 + "\n    client-key-data: " + base64);
        assertThat(access(kind).endpoint().tls().key().read()).isEqualTo(new byte[] {'x'});
        assertThat(access(kind).endpoint().token()).isNull();
        String minikube = """
                apiVersion: v1
                clusters:
                - cluster:
                    certificate-authority: /var/minikube/ca.crt
                    extensions:
                    - extension:
                        last-update: Fri, 20 Nov 2026 10:00:00 UTC
                        provider: minikube.sigs.k8s.io
                        version: v1.36.0
                      name: cluster_info
                    server: https://192.168.49.2:8443
                  name: minikube
                contexts:
                - context:
                    cluster: minikube
                    extensions:
                    - extension:
                        provider: minikube.sigs.k8s.io
                      name: context_info
                    namespace: default
                    user: minikube
                  name: minikube
                current-context: minikube
                kind: Config
                users:
                - name: minikube
                  user:
                    client-certificate: profiles/client.crt
                    client-key: /keys/client.key
                """;
        Endpoint endpoint = access(minikube).endpoint();
        assertThat(endpoint.tls().authority().where()).isEqualTo("/var/minikube/ca.crt");
        assertThat(endpoint.tls().certificate().where())
                .isEqualTo(folder.resolve("profiles/client.crt").toString());
    }

    @Test
    void pluginsOfCloudsAreRefusedWithWhatToDo() {
        String gke = KUBECTL.replace("    token: sesame", """
                    exec:
                      apiVersion: client.authentication.k8s.io/v1beta1
                      args: null
                      command: gke-gcloud-auth-plugin
                      installHint: Install gke-gcloud-auth-plugin for use with kubectl by following
                        https://cloud.google.com/kubernetes-engine/docs
                      provideClusterInfo: true
                """.indent(4));
        refused(gke, "users[robot].user.exec", "not supported", "tokenFile");
        String eks = KUBECTL.replace("    token: sesame", """
                    exec:
                      args:
                      - --region
                      - eu-west-1
                      command: aws
                      env:
                      - name: AWS_PROFILE
                        value: shop
                """.indent(4));
        refused(eks, "users[robot].user.exec");
        refused(KUBECTL.replace("    token: sesame", "    auth-provider:\n        name: oidc"), "auth-provider");
    }

    @Test
    void whatIsNotSupportedOrMissingIsNamed() {
        refused(
                KUBECTL.replace("current-context: prod", "current-context: \"\""),
                "current-context",
                "withContext",
                "dev");
        refused(KUBECTL.replace("current-context: prod", "current-context: x"), "context 'x'", "[dev, prod]");
        refused(KUBECTL.replace("cluster: prod", "cluster: x"), "cluster 'x'", "[dev, prod]");
        refused(KUBECTL.replace("user: robot", "user: x"), "user 'x'", "[robot]");
        refused(KUBECTL.replace("    token: sesame", "    username: me"), "username", "basic");
        refused(KUBECTL.replace("    token: sesame", "    as: me\n    token: sesame"), ".as", "impersonation");
        refused(KUBECTL.replace("    token: sesame", "    {}"), "no 'key: value'");
        refused(KUBECTL.replace("token: sesame", "token: \"\""), "no credentials");
        refused(KUBECTL.replace("token: sesame", "token: \"sesame\\n\""), "no token has");
        refused(
                KUBECTL.replace("token: sesame", "tokenFile: token"),
                "token does not exist".replace("token", folder.resolve("token").toString()));
        refused(KUBECTL.replace("token: sesame", "client-certificate: c"), "client-key");
        refused(
                KUBECTL.replace("token: sesame", "client-certificate-data: '*'\n    client-key: k"),
                "client-certificate-data",
                "base64");
        String at = "    server: https://10.0.0.1:6443";
        refused(
                KUBECTL.replace(at, at + "\n    insecure-skip-tls-verify: true"),
                "insecure-skip-tls-verify",
                "certificate-authority");
        refused(KUBECTL.replace(at, at + "\n    proxy-url: http://p:1"), "proxy-url");
        refused(KUBECTL.replace(at, at + "\n    tls-server-name: kubernetes"), "tls-server-name", "'kubernetes'");
        refused(KUBECTL.replace(at, "    server: \"\""), "clusters[prod].cluster.server", "https://host:port");
        refused(KUBECTL.replace("namespace: shop", "namespace: Shop"), "'Shop'", "63");
        refused("a: &b 1", "line 1");
        refused("{\"token\": sesame}", "line 1");
    }

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.1:8080, without TLS",
        "http://localhost.evil.com, without TLS",
        "ftp://h, no URL of an API server",
        "//h, no URL of an API server",
        "https://h?x=1, no URL of an API server",
        "https://h h, no URL",
        "https://h:65536, no URL of an API server"
    })
    void serversThatCannotBeMeantAreRefused(String server, String why) {
        refused(KUBECTL.replace("https://10.0.0.1:6443", server), why, server);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://me:sesame@h", "https://me:sesame@h_1", "https://me:sesame@h:1 1"})
    void aPasswordInTheUrlIsNotShown(String server) {
        refused(KUBECTL.replace("https://10.0.0.1:6443", server), "write https://host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8001", "http://127.0.0.1:8001/", "http://[::1]:8001"})
    void onThisHostPlainHttpIsEnough(String server) {
        assertThat(access(KUBECTL.replace("https://10.0.0.1:6443", server))
                        .endpoint()
                        .isTls())
                .isFalse();
        assertThat(access(KUBECTL.replace("https://10.0.0.1:6443", server)
                                .replace("    token: sesame", "    {}")
                                .replace("user:\n    {}", "user: {}"))
                        .endpoint()
                        .token())
                .isNull();
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesAccess.kubeconfig(folder.resolve("none")))
                .withMessageContainingAll(folder.resolve("none").toString(), "does not exist");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> access(KUBECTL).withContext("x"))
                .withMessageContaining("[dev, prod]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> access(KUBECTL).withNamespace("a_b"))
                .withMessageContaining("'a_b'");
    }

    private Map<String, String> pod(String host) {
        file("mount/token", "sesame\n");
        file("mount/ca.crt", "x");
        file("mount/namespace", "shop\n");
        return new HashMap<>(Map.of(
                "KUBERNETES_SERVICE_HOST", host,
                "KUBERNETES_SERVICE_PORT", "443",
                "KUBERNETES_SERVICE_PORT_HTTPS", "6443"));
    }

    @Test
    void aPodIsToldByItsEnvironmentAndItsMount() {
        KubernetesAccess access = KubernetesAccess.inCluster(pod("10.96.0.1"), folder.resolve("mount"));
        assertThat(access.server()).isEqualTo(URI.create("https://10.96.0.1:6443"));
        assertThat(access.namespace()).isEqualTo("shop");
        assertThat(access.endpoint().token().current(0)).isEqualTo("sesame");
        assertThat(access.withNamespace("other").namespace()).isEqualTo("other");
        Map<String, String> older = pod("fd00::1");
        older.remove("KUBERNETES_SERVICE_PORT_HTTPS");
        assertThat(KubernetesAccess.inCluster(older, folder.resolve("mount")).server())
                .isEqualTo(URI.create("https://[fd00::1]:443"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> access.withContext("x"))
                .withMessageContaining("no contexts");
    }

    @Test
    void whatAPodLacksIsNamed() throws Exception {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesAccess.inCluster(Map.of(), folder))
                .withMessageContainingAll("KUBERNETES_SERVICE_HOST", "KubernetesAccess.kubeconfig");
        Map<String, String> pod = pod("10.96.0.1");
        Path mount = folder.resolve("mount");
        Files.delete(mount.resolve("namespace"));
        KubernetesAccess access = KubernetesAccess.inCluster(pod, mount);
        assertThatIllegalArgumentException().isThrownBy(access::namespace).withMessageContaining("withNamespace");
        assertThat(access.withNamespace("shop").namespace()).isEqualTo("shop");
        Files.delete(mount.resolve("token"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesAccess.inCluster(pod, mount))
                .withMessageContainingAll("token", "does not exist");
    }

    @Test
    void aFileThatIsTooLongIsNotRead() {
        Path big = file("big", "x".repeat((1 << 20) + 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesAccess.kubeconfig(big))
                .withMessageContaining("longer than");
    }
}
