package io.shardhold.lease.k8s;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of who sends it. A token in a file is replaced by the kubelet, about every hour: it is read again
 * after a minute, and whenever the server does not know the one that was sent.
 *
 * <p>Thread-safe. Reads a file on the thread of the caller.
 */
final class BearerToken {
    static final Duration KEPT = Duration.ofMinutes(1);

    private static final System.Logger LOG = System.getLogger("io.shardhold.lease.k8s");

    /** A header with anything else would be refused with the token in the message. */
    private static final Pattern VALID = Pattern.compile("[\\x21-\\x7e]+");

    private final @Nullable Path file;

    // Guarded by this.
    private String value;
    private long readNanos;
    private boolean used;

    private BearerToken(@Nullable Path file, String value) {
        this.file = file;
        this.value = value;
    }

    /** @throws IllegalArgumentException without the token */
    static BearerToken fixed(String where, String token) {
        return new BearerToken(null, valid(where, token));
    }

    /** @throws IllegalArgumentException if there is no such file, or no token in it */
    static BearerToken inFile(Path file) {
        return new BearerToken(file, read(file));
    }

    private static String read(Path file) {
        return valid(file.toString(), new String(Material.read(file), StandardCharsets.UTF_8).strip());
    }

    private static String valid(String where, String token) {
        if (!VALID.matcher(token).matches()) {
            throw new IllegalArgumentException(where
                    + (token.isEmpty()
                            ? " holds no token"
                            : " holds a token with blanks or other characters that no" + " token has")
                    + ": have one issued, for example with 'kubectl create token'");
        }
        return token;
    }

    synchronized String current(long nowNanos) {
        if (!used) {
            used = true;
            readNanos = nowNanos;
        }
        if (file != null && nowNanos - readNanos >= KEPT.toNanos()) {
            reread(nowNanos);
        }
        return value;
    }

    /** After the server did not know this token; whether there is another now. */
    synchronized boolean hasOtherThan(String refused, long nowNanos) {
        if (file != null && value.equals(refused)) {
            reread(nowNanos);
        }
        return !value.equals(refused);
    }

    /** A file that cannot be read is being replaced, or the old token is still the best there is. */
    private void reread(long nowNanos) {
        readNanos = nowNanos;
        if (file != null) {
            try {
                value = read(file);
            } catch (IllegalArgumentException e) {
                LOG.log(System.Logger.Level.WARNING, "the token is not renewed: {0}", e.getMessage());
            }
        }
    }
}
