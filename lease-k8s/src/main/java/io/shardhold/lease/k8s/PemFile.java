package io.shardhold.lease.k8s;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Certificates and private keys as Kubernetes has them: PEM. The JDK reads keys in PKCS#8 only; those of kubeadm and kind
 * are PKCS#1, those of k3s SEC 1, which are what PKCS#8 has inside. So they get its frame.
 */
final class PemFile {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s++([^-]*+)-----END \\1-----", Pattern.DOTALL);
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION = {0x02, 0x01, 0x00};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int PARAMETERS = 0xa0;

    private PemFile() {}

    /**
     * All of the file, which may hold the key as well, as that of a kubelet does.
     *
     * @throws IllegalArgumentException naming {@code where} and the remedy, never the content
     */
    static List<Certificate> certificates(byte[] pem, String where) {
        String blocks = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1))
                .results()
                .filter(block -> block.group(1).equals("CERTIFICATE"))
                .map(MatchResult::group)
                .collect(Collectors.joining("\n"));
        try {
            List<Certificate> all = List.copyOf(CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(blocks.getBytes(StandardCharsets.ISO_8859_1))));
            if (!all.isEmpty()) {
                return all;
            }
        } catch (GeneralSecurityException e) {
            // Its message may quote the text; ours follows.
        }
        throw new IllegalArgumentException(where + " holds no X.509 certificate in PEM: give one that begins with"
                + " '-----BEGIN CERTIFICATE-----'");
    }

    /** As {@link #certificates}. */
    static PrivateKey privateKey(byte[] pem, String where) {
        Matcher blocks = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            String kind = blocks.group(1);
            if (kind.equals("EC PARAMETERS") || kind.endsWith("CERTIFICATE")) {
                continue;
            }
            return switch (kind) {
                case "PRIVATE KEY" -> fromPkcs8(body(blocks, where), where);
                case "RSA PRIVATE KEY" -> fromPkcs8(frame(RSA, body(blocks, where)), where);
                case "EC PRIVATE KEY" -> fromPkcs8(frameOfEc(body(blocks, where), where), where);
                default -> throw refusal(where, "holds a '" + kind + "'");
            };
        }
        throw refusal(where, "holds no private key in PEM");
    }

    private static IllegalArgumentException refusal(String where, String what) {
        return new IllegalArgumentException(where + ' ' + what
                + ": only unencrypted keys of kind 'PRIVATE KEY', 'RSA PRIVATE KEY' and 'EC PRIVATE KEY' are read;"
                + " convert it with 'openssl pkcs8 -topk8 -nocrypt'");
    }

    private static byte[] body(Matcher block, String where) {
        try {
            return Base64.getDecoder().decode(block.group(2).replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw refusal(where, "holds a private key that is not base64 or is encrypted");
        }
    }

    private static PrivateKey fromPkcs8(byte[] der, String where) {
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // Then another.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this JDK has no " + algorithm, e);
            }
        }
        throw refusal(where, "holds a private key that is neither RSA nor EC nor EdDSA, or is encrypted or damaged");
    }

    private static byte[] frameOfEc(byte[] sec1, String where) {
        byte[] curve = curve(sec1);
        if (curve.length == 0) {
            throw refusal(where, "holds an EC key without its curve");
        }
        return frame(der(SEQUENCE, EC, curve), sec1);
    }

    private static byte[] frame(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, VERSION, algorithm, der(OCTETS, key));
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        int length = body.size();
        if (length < 0x80) {
            whole.write(length);
        } else if (length < 0x100) {
            whole.write(0x81);
            whole.write(length);
        } else {
            whole.write(0x82);
            whole.write(length >> 8);
            whole.write(length);
        }
        whole.writeBytes(body.toByteArray());
        return whole.toByteArray();
    }

    /** What an ECPrivateKey (RFC 5915) says of its curve; empty if nothing. */
    private static byte[] curve(byte[] sec1) {
        ByteBuffer key = ByteBuffer.wrap(sec1);
        try {
            key.get();
            length(key);
            while (key.hasRemaining()) {
                int tag = key.get() & 0xff;
                byte[] content = new byte[length(key)];
                key.get(content);
                if (tag == PARAMETERS) {
                    return content;
                }
            }
        } catch (RuntimeException damaged) {
            // As one without a curve.
        }
        return new byte[0];
    }

    private static int length(ByteBuffer der) {
        int first = der.get() & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = Math.addExact(Math.multiplyExact(length, 256), der.get() & 0xff);
        }
        return Math.min(length, der.remaining());
    }
}
