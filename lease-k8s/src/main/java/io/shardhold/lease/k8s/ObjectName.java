package io.shardhold.lease.k8s;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of the object for the name of a lease. A lease may be called what an object may not: {@code Shop_1}. Then
 * letters are lowered, what is not allowed becomes a '-', and a hash of the lease's name follows, so that two leases never
 * share an object: {@code shop-1-0a1b2c3d4e}.
 */
final class ObjectName {
    private static final int MOST = 253;
    private static final int HASH_BYTES = 5;
    private static final Pattern VALID =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern NOT_ALLOWED = Pattern.compile("[^a-z0-9.-]");
    private static final Pattern AT_AN_EDGE = Pattern.compile("^[.-]+|[.-]+$|[.-]*\\.[.-]*");

    private ObjectName() {}

    static boolean isValid(String name) {
        return name.length() <= MOST && VALID.matcher(name).matches();
    }

    static String of(String leaseName) {
        if (isValid(leaseName)) {
            return leaseName;
        }
        String lowered = NOT_ALLOWED.matcher(leaseName.toLowerCase(Locale.ROOT)).replaceAll("-");
        String hash = hash(leaseName);
        String cut = lowered.substring(0, Math.min(lowered.length(), MOST - 1 - hash.length()));
        String tidy =
                AT_AN_EDGE.matcher(cut).replaceAll(edge -> edge.start() == 0 || edge.end() == cut.length() ? "" : ".");
        return tidy.isEmpty() ? "lease-" + hash : tidy + '-' + hash;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
