package io.shardhold.lease.k8s;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom to trust and, with client certificates, who we are.
 *
 * @param authority null: whom the JDK trusts
 * @param certificate of the client, null without
 * @param key of the client, null without
 */
record TlsSource(
        @Nullable Material authority,
        @Nullable Material certificate,
        @Nullable Material key) {
    static final TlsSource NONE = new TlsSource(null, null, null);

    /** The bytes as they are now, to be compared with those of later. */
    record Snapshot(ByteBuffer authority, ByteBuffer certificate, ByteBuffer key) {}

    /** @throws IllegalArgumentException naming the file, the problem and the remedy */
    Snapshot read() {
        return new Snapshot(bytes(authority), bytes(certificate), bytes(key));
    }

    private static ByteBuffer bytes(@Nullable Material material) {
        return ByteBuffer.wrap(material == null ? new byte[0] : material.read());
    }

    /** As {@link #read}. */
    SSLContext context(Snapshot snapshot) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity(snapshot), trust(snapshot), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "no TLS with " + (authority == null ? "the certificates of the JDK" : authority.where())
                            + (certificate == null ? "" : " and " + certificate.where())
                            + ": check that they are of a kind that this JDK knows, and that key and certificate belong"
                            + " together",
                    e);
        }
    }

    private TrustManager @Nullable [] trust(Snapshot snapshot) throws GeneralSecurityException, IOException {
        if (authority == null) {
            return null;
        }
        KeyStore trusted = emptyStore();
        int number = 0;
        for (Certificate one : PemFile.certificates(snapshot.authority().array(), authority.where())) {
            trusted.setCertificateEntry("ca-" + number++, one);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] identity(Snapshot snapshot) throws GeneralSecurityException, IOException {
        if (certificate == null || key == null) {
            return null;
        }
        List<Certificate> chain = PemFile.certificates(snapshot.certificate().array(), certificate.where());
        PrivateKey secret = PemFile.privateKey(snapshot.key().array(), key.where());
        checkTogether(secret, chain.get(0).getPublicKey());
        KeyStore store = emptyStore();
        store.setKeyEntry("client", secret, new char[0], chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /** Of two files that are replaced, one may be of before and the other of after. */
    private static void checkTogether(PrivateKey secret, PublicKey certified) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (certified.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> certified.getAlgorithm();
                });
        signature.initSign(secret);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        if (!signature.verify(signed)) {
            throw new InvalidKeyException("another key than that of the certificate");
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
