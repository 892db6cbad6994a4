package io.shardhold.internal.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * Writes values into an array that grows. One thread at a time; reusable after {@link #reset()}.
 *
 * <p>Numbers are unsigned LEB128 ({@code varLong}), the same behind zig-zag ({@code signedInt}), or eight bytes, highest
 * first ({@code fixedLong}). What the reader would refuse as too long is the caller's mistake and throws
 * {@link IllegalArgumentException}.
 */
public final class WireWriter {
    /** Longest string, in bytes of UTF-8. */
    public static final int MAX_STRING_BYTES = 16 * 1024;

    /** Longest free text, in characters; what goes beyond is cut off. */
    public static final int MAX_TEXT_CHARS = 4_000;

    private static final int LONGEST_VARINT = 10;

    private byte[] array;
    private int size;

    /** Writes one element of a collection or an optional. */
    @FunctionalInterface
    public interface Element<T> {
        void write(WireWriter out, T value);
    }

    public WireWriter() {
        this(256);
    }

    public WireWriter(int capacityBytes) {
        array = new byte[Math.max(16, capacityBytes)];
    }

    /** Forgets what was written; keeps the array unless a large message had made it large. */
    public void reset() {
        size = 0;
        if (array.length > 1 << 16) {
            array = new byte[1 << 12];
        }
    }

    /** Number of bytes written. */
    public int size() {
        return size;
    }

    /** The array behind this writer; valid up to {@link #size()} and until the next write. */
    public byte[] array() {
        return array;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(array, size);
    }

    public void writeByte(int value) {
        ensure(1);
        array[size++] = (byte) value;
    }

    public void writeBool(boolean value) {
        writeByte(value ? 1 : 0);
    }

    /** Two bytes, highest first; 0 to 65535. */
    public void writeShort(int value) {
        ensure(2);
        array[size++] = (byte) (value >>> 8);
        array[size++] = (byte) value;
    }

    public void writeFixedLong(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            array[size++] = (byte) (value >>> shift);
        }
    }

    /** Any long; short if it is small and not negative. */
    public void writeVarLong(long value) {
        ensure(LONGEST_VARINT);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            array[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[size++] = (byte) rest;
    }

    /** A number that is not negative. */
    public void writeVarInt(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("must not be negative, was " + value);
        }
        writeVarLong(value);
    }

    /** Any int, short if it is near zero. */
    public void writeSignedInt(int value) {
        writeVarLong(((value << 1) ^ (value >> 31)) & 0xffff_ffffL);
    }

    public void writeBytes(byte[] bytes) {
        writeVarInt(bytes.length);
        writeRaw(bytes);
    }

    /** The bytes without their length. */
    public void writeRaw(byte[] bytes) {
        ensure(bytes.length);
        System.arraycopy(bytes, 0, array, size, bytes.length);
        size += bytes.length;
    }

    public void writeString(String value) {
        int length = value.length();
        if (length <= MAX_STRING_BYTES) {
            int start = size;
            writeVarInt(length);
            ensure(length);
            if (writeAscii(value)) {
                return;
            }
            size = start;
        }
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > MAX_STRING_BYTES) {
            throw new IllegalArgumentException(
                    "string must have at most " + MAX_STRING_BYTES + " bytes, has " + utf8.length);
        }
        writeBytes(utf8);
    }

    /** Text for people: cut off if it is too long. */
    public void writeText(String value) {
        writeString(value.length() <= MAX_TEXT_CHARS ? value : value.substring(0, MAX_TEXT_CHARS));
    }

    public <T> void writeOptional(Optional<T> value, Element<? super T> element) {
        writeBool(value.isPresent());
        if (value.isPresent()) {
            element.write(this, value.get());
        }
    }

    /** Number of elements, then the elements in their order. */
    public <T> void writeList(Collection<T> values, int max, Element<? super T> element) {
        if (values.size() > max) {
            throw new IllegalArgumentException("collection must have at most " + max + ", has " + values.size());
        }
        writeVarInt(values.size());
        for (T value : values) {
            element.write(this, value);
        }
    }

    private boolean writeAscii(String value) {
        int at = size;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                return false;
            }
            array[at++] = (byte) c;
        }
        size = at;
        return true;
    }

    private void ensure(int more) {
        if (array.length - size < more) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, Math.addExact(size, more)));
        }
    }
}
