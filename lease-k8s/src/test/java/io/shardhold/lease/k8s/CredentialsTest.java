package io.shardhold.lease.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.StoreAnswer;
import io.shardhold.lease.StoreAnswer.Absent;
import io.shardhold.lease.StoreAnswer.Failed;
import io.shardhold.lease.StoreAnswer.Unknown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS: certificates and tokens, and what becomes of them when they are replaced. */
class CredentialsTest {
    private static final FakeTls TLS = FakeTls.create();

    /** What precedes the PKCS#1 key in PKCS#8, for a key of 2048 bits. */
    private static final int FRAME = 26;

    @TempDir
    Path folder;

    private final FakeApiServer server = FakeApiServer.tls(TLS);
    private final AtomicLong nanos = new AtomicLong();
    private final LeaseRuntime system = LeaseRuntime.system();
    private final List<LeaseStore> stores = new ArrayList<>();

    /** Time that passes when a test says so; for files that are read again. */
    private final LeaseRuntime runtime = new LeaseRuntime() {
        @Override
        public long monoNanos() {
            return nanos.get();
        }

        @Override
        public long wallMillis() {
            return system.wallMillis();
        }

        @Override
        public Cancellable schedule(long delayNanos, Runnable task) {
            return system.schedule(delayNanos, task);
        }

        @Override
        public long random() {
            return 7;
        }
    };

    @AfterEach
    void close() {
        stores.forEach(LeaseStore::close);
        server.close();
        system.close();
        assertThat(server.violations()).isEmpty();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private LeaseStore connect(String authority, String user) throws IOException {
        Path config = folder.resolve("config");
        Files.writeString(
                config,
                "current-context: c\ncontexts:\n- name: c\n  context: \n    cluster: c\n    user: u\nclusters:\n- name: c\n"
                        + "  cluster:\n    server: " + server.url() + "\n    certificate-authority: " + authority
                        + "\nusers:\n- name: u\n  user:\n" + user.indent(4));
        LeaseStore store = new KubernetesLeaseStore(
                KubernetesAccess.kubeconfig(config).endpoint(), Duration.ofSeconds(20), runtime);
        stores.add(store);
        return store;
    }

    private static StoreAnswer read(LeaseStore store) {
        return store.read("a")
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private String authority() throws IOException {
        return file("ca.crt", TLS.certificatePem(FakeTls.SERVER));
    }

    private String lastUser() {
        return server.seen().get(server.seen().size() - 1).user();
    }

    @Test
    void aTokenOverTls() throws Exception {
        LeaseStore store = connect(authority(), "token: " + FakeApiServer.TOKEN);
        assertThat(read(store)).isEqualTo(new Absent());
        assertThat(server.seen().get(0).userAgent()).startsWith("shardhold-lease/");
    }

    @Test
    void aServerThatTheAuthorityDoesNotKnowIsNotTalkedTo() throws Exception {
        LeaseStore store =
                connect(file("other.crt", TLS.certificatePem(FakeTls.CLIENT)), "token: " + FakeApiServer.TOKEN);
        assertThat(read(store)).isInstanceOf(Unknown.class);
        assertThat(server.requests()).isZero();
    }

    @Test
    void clientCertificatesWithKeysOfEitherKind() throws Exception {
        server.grant("CN=shop-client", (verb, name) -> true);
        String certificate = file("client.crt", TLS.certificatePem(FakeTls.CLIENT));
        byte[] pkcs8 = TLS.key(FakeTls.CLIENT);
        String key = file("client.key", FakeTls.pem("PRIVATE KEY", pkcs8));
        assertThat(read(connect(authority(), "client-certificate: " + certificate + "\nclient-key: " + key)))
                .isEqualTo(new Absent());
        String older = FakeTls.pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, FRAME, pkcs8.length));
        String data = Base64.getEncoder().encodeToString(older.getBytes(StandardCharsets.UTF_8));
        assertThat(read(connect(authority(), "client-certificate: client.crt\nclient-key-data: " + data)))
                .isEqualTo(new Absent());
        assertThat(lastUser()).isEqualTo("CN=shop-client");
    }

    @Test
    void keysAsK3sHasThemAreReadAndOthersRefused() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        ECPrivateKey key = (ECPrivateKey) generator.generateKeyPair().getPrivate();
        String secret = String.format("%064x", key.getS());
        byte[] sec1 = HexFormat.of().parseHex("30310201010420" + secret + "a00a06082a8648ce3d030107");
        PrivateKey read = PemFile.privateKey(
                ("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                                + FakeTls.pem("EC PRIVATE KEY", sec1))
                        .getBytes(StandardCharsets.UTF_8),
                "k");
        assertThat(((ECPrivateKey) read).getS()).isEqualTo(key.getS());
        byte[] curveless = HexFormat.of().parseHex("30250201010420" + secret);
        for (String wrong : List.of(
                FakeTls.pem("EC PRIVATE KEY", curveless),
                FakeTls.pem("EC PRIVATE KEY", new byte[] {0x30, 0x05, 0x02}),
                FakeTls.pem("ENCRYPTED PRIVATE KEY", sec1),
                FakeTls.pem("PRIVATE KEY", new byte[300]),
                FakeTls.pem("CERTIFICATE", sec1),
                "no key")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PemFile.privateKey(wrong.getBytes(StandardCharsets.UTF_8), "client.key"))
                    .withMessageStartingWith("client.key ")
                    .withMessageContaining("openssl pkcs8 -topk8");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.certificates("x".getBytes(StandardCharsets.UTF_8), "ca.crt"))
                .withMessageContaining("ca.crt holds no X.509 certificate");
    }

    @Test
    void aFileThatNeverEndsAKeyIsRefusedInNoTime() {
        String endless = "-----BEGIN PRIVATE KEY-----" + "\n".repeat(200_000) + "A".repeat(200_000) + "-";
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> PemFile.privateKey(endless.getBytes(StandardCharsets.UTF_8), "client.key")));
    }

    /** As that of a kubelet. */
    @Test
    void certificateAndKeyMayBeInOneFile() throws Exception {
        server.grant("CN=shop-client", (verb, name) -> true);
        String key = FakeTls.pem("PRIVATE KEY", TLS.key(FakeTls.CLIENT));
        String certificate = TLS.certificatePem(FakeTls.CLIENT);
        for (String both : List.of(key + certificate, "of a client\n" + certificate + key)) {
            String file = file("both.pem", both);
            assertThat(read(connect(authority(), "client-certificate: " + file + "\nclient-key: " + file)))
                    .isEqualTo(new Absent());
        }
        assertThat(lastUser()).isEqualTo("CN=shop-client");
    }

    @Test
    void filesThatAreReplacedOneAfterTheOtherEndNothing() throws Exception {
        server.grant("CN=shop-client", (verb, name) -> true);
        file("client.crt", TLS.certificatePem(FakeTls.CLIENT));
        file("client.key", FakeTls.pem("PRIVATE KEY", TLS.key(FakeTls.CLIENT)));
        LeaseStore store = connect(authority(), "client-certificate: client.crt\nclient-key: client.key");
        assertThat(read(store)).isEqualTo(new Absent());
        for (String replaced : List.of(
                TLS.certificatePem(FakeTls.SERVER),
                TLS.certificatePem(FakeTls.CLIENT).substring(0, 400),
                "")) {
            file("client.crt", replaced);
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            assertThat(read(store)).isEqualTo(new Absent());
        }
        assertThat(lastUser()).isEqualTo("CN=shop-client");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connect(
                        authority(),
                        "client-certificate: " + file("other.crt", TLS.certificatePem(FakeTls.SERVER))
                                + "\nclient-key: client.key"))
                .withMessageContaining("key and certificate belong together");
    }

    @Test
    void aTokenFileIsReadAgainAfterAMinute() throws Exception {
        server.grant("new-token", (verb, name) -> true);
        String token = file("token", FakeApiServer.TOKEN);
        LeaseStore store = connect(authority(), "tokenFile: " + token);
        read(store);
        file("token", "new-token\n");
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        read(store);
        assertThat(lastUser()).isEqualTo(FakeApiServer.TOKEN);
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        read(store);
        assertThat(lastUser()).isEqualTo("new-token");
        Files.delete(folder.resolve("token"));
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(read(store)).as("the old one is still the best there is").isEqualTo(new Absent());
    }

    @Test
    void aTokenThatIsRefusedIsReadAgainAtOnce() throws Exception {
        String token = file("token", FakeApiServer.TOKEN);
        LeaseStore store = connect(authority(), "tokenFile: " + token);
        read(store);
        server.revoke(FakeApiServer.TOKEN);
        server.grant("new-token", (verb, name) -> true);
        long before = server.requests();
        assertThat(read(store)).isInstanceOf(Failed.class);
        assertThat(server.requests() - before)
                .as("no other token, no other try")
                .isEqualTo(1);
        file("token", "new-token");
        assertThat(read(store)).isEqualTo(new Absent());
        assertThat(server.requests() - before).isEqualTo(3);
        server.revoke("new-token");
        assertThat(read(store))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.why())
                                .contains("401", "new ones issued")
                                .doesNotContain("new-token"));
    }

    @Test
    void aCertificateThatIsReplacedIsUsedWithinAMinute() throws Exception {
        String authority = file("ca.crt", TLS.certificatePem(FakeTls.CLIENT));
        LeaseStore store = connect(authority, "token: " + FakeApiServer.TOKEN);
        assertThat(read(store)).isInstanceOf(Unknown.class);
        authority();
        assertThat(read(store)).isInstanceOf(Unknown.class);
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(read(store)).isEqualTo(new Absent());
        file("ca.crt", "");
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(read(store)).isEqualTo(new Absent());
        Files.delete(folder.resolve("ca.crt"));
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(read(store)).isEqualTo(new Absent());
    }

    @Test
    void certificatesThatAreOfNoUseAreFoundBeforeAnythingIsSent() throws Exception {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connect(file("ca.crt", "x"), "token: " + FakeApiServer.TOKEN))
                .withMessageContaining("ca.crt holds no X.509 certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connect(folder.resolve("none").toString(), "token: " + FakeApiServer.TOKEN))
                .withMessageContaining("none does not exist");
    }
}
