package io.shardhold.lease.k8s;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Secret or public bytes that are given in place, or by a file that may be replaced at any time. */
final class Material {
    private static final int MOST_BYTES = 1 << 20;

    private final String where;
    private final byte @Nullable [] inline;
    private final @Nullable Path file;

    private Material(String where, byte @Nullable [] inline, @Nullable Path file) {
        this.where = where;
        this.inline = inline;
        this.file = file;
    }

    static Material ofFile(Path file) {
        return new Material(file.toString(), null, file);
    }

    /** @throws IllegalArgumentException without the text */
    static Material ofBase64(String where, String text) {
        try {
            return new Material(where, Base64.getDecoder().decode(text.replaceAll("\\s", "")), null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " is not base64: copy it anew from where it was issued");
        }
    }

    /** For messages: the file, or the field. */
    String where() {
        return where;
    }

    /** @throws IllegalArgumentException naming the file, the problem and the remedy */
    byte[] read() {
        return inline != null ? inline.clone() : read(Objects.requireNonNull(file));
    }

    static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IllegalArgumentException(
                        file + " is longer than " + MOST_BYTES + " bytes: name another file");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + " does not exist: correct the path, or mount it", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: let this process read it", e);
        }
    }
}
