package io.shardhold.internal.wire;

import io.shardhold.internal.wire.WireException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads values from a stretch of an array that it does not own and never keeps. One thread at a time.
 *
 * <p>Nothing is believed: a length is compared with a stated maximum and with the bytes that are left before anything is
 * allocated. Whatever the bytes are, a method returns or throws {@link WireException}.
 */
public final class WireReader {
    private static final int TRUSTED_CAPACITY = 1024;

    /** Different values that are remembered: as many as alternate in a list. */
    private static final int REMEMBERED = 8;

    private final byte[] array;
    private final int end;
    private int at;
    private int textStart;
    private int textLength;
    private @Nullable String text;
    private @Nullable Seen seen;

    /** A value that was read, and the stretch that it was read from. */
    private record Seen(
            int start, int length, Object value, @Nullable Seen before) {}

    /** Reads one element of a collection or an optional. */
    @FunctionalInterface
    public interface Element<T> {
        T read(WireReader in) throws WireException;
    }

    public WireReader(byte[] array) {
        this(array, 0, array.length);
    }

    public WireReader(byte[] array, int offset, int length) {
        this.array = array;
        this.at = offset;
        this.end = offset + length;
    }

    /** Bytes that are left. */
    public int remaining() {
        return end - at;
    }

    /** To be called when the message is complete. */
    public void expectEnd() throws WireException {
        if (at != end) {
            throw new WireException(Reason.TRAILING_BYTES, remaining() + " bytes behind the message");
        }
    }

    public int readByte() throws WireException {
        need(1);
        return array[at++] & 0xff;
    }

    public boolean readBool() throws WireException {
        int value = readByte();
        if (value > 1) {
            throw new WireException(Reason.BAD_VALUE, "boolean " + value);
        }
        return value == 1;
    }

    /** Two bytes, 0 to 65535. */
    public int readShort() throws WireException {
        need(2);
        int value = (array[at] & 0xff) << 8 | (array[at + 1] & 0xff);
        at += 2;
        return value;
    }

    public long readFixedLong() throws WireException {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (array[at++] & 0xff);
        }
        return value;
    }

    public long readVarLong() throws WireException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = readByte();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (shift == 63 && b > 1) {
                    throw new WireException(Reason.BAD_VALUE, "number with more than 64 bits");
                }
                return value;
            }
        }
        throw new WireException(Reason.BAD_VALUE, "number with more than 10 bytes");
    }

    /** A number that is not negative and fits an int. */
    public int readVarInt() throws WireException {
        long value = readVarLong();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new WireException(Reason.BAD_VALUE, "number beyond an int");
        }
        return (int) value;
    }

    public int readSignedInt() throws WireException {
        long value = readVarLong();
        if (value >>> 32 != 0) {
            throw new WireException(Reason.BAD_VALUE, "number beyond an int");
        }
        return (int) (value >>> 1) ^ -(int) (value & 1);
    }

    /** A copy of the bytes; bounded by what is left. */
    public byte[] readBytes() throws WireException {
        int length = readLength(Integer.MAX_VALUE);
        byte[] bytes = Arrays.copyOfRange(array, at, at + length);
        at += length;
        return bytes;
    }

    public String readString() throws WireException {
        int length = readLength(WireWriter.MAX_STRING_BYTES);
        int start = at;
        at += length;
        for (int i = start; i < at; i++) {
            if (array[i] < 0) {
                return strictUtf8(start, length);
            }
        }
        return new String(array, start, length, StandardCharsets.ISO_8859_1);
    }

    /** A string that is likely to be the same as the one that was read in this way before: then it is the same object. */
    public String readRepeatedString() throws WireException {
        String known = text;
        if (known != null && isHere(textStart, textLength)) {
            at += textLength;
            return known;
        }
        textStart = at;
        known = readString();
        textLength = at - textStart;
        text = known;
        return known;
    }

    /**
     * A value that is likely to be one of the last few that were read in this way: then it is the same object. All such
     * values of a message must be of one type, and that immutable.
     */
    @SuppressWarnings("unchecked") // the caller's word
    public <T> T readRepeated(Element<T> element) throws WireException {
        int count = 0;
        for (Seen known = seen; known != null; known = known.before()) {
            if (isHere(known.start(), known.length())) {
                at += known.length();
                return (T) known.value();
            }
            count++;
        }
        int start = at;
        T value = element.read(this);
        seen = new Seen(start, at - start, value, count < REMEMBERED ? seen : null);
        return value;
    }

    /** Whether what comes next is the same as a stretch before. */
    private boolean isHere(int start, int length) {
        return length <= remaining() && Arrays.equals(array, start, start + length, array, at, at + length);
    }

    public <T> Optional<T> readOptional(Element<T> element) throws WireException {
        return readBool() ? Optional.of(element.read(this)) : Optional.empty();
    }

    /** At most {@code max} elements, each of at least one byte. */
    public <T> List<T> readList(int max, Element<T> element) throws WireException {
        int count = readLength(max);
        List<T> values = new ArrayList<>(Math.min(count, TRUSTED_CAPACITY));
        for (int i = 0; i < count; i++) {
            values.add(element.read(this));
        }
        return values;
    }

    /** Different strings. */
    public SortedSet<String> readStrings(int max) throws WireException {
        int count = readLength(max);
        SortedSet<String> values = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            if (!values.add(readString())) {
                throw new WireException(Reason.BAD_VALUE, "the same string twice");
            }
        }
        return values;
    }

    /** Numbers by different strings. */
    public SortedMap<String, Integer> readNumbers(int max) throws WireException {
        int count = readLength(max);
        SortedMap<String, Integer> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            if (values.put(readString(), readSignedInt()) != null) {
                throw new WireException(Reason.BAD_VALUE, "the same key twice");
            }
        }
        return values;
    }

    private String strictUtf8(int start, int length) throws WireException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(array, start, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new WireException(Reason.BAD_VALUE, "string that is no UTF-8");
        }
    }

    /** A number of bytes, or of elements of at least one byte. */
    private int readLength(int max) throws WireException {
        long length = readVarLong();
        if (length < 0 || length > max) {
            throw new WireException(Reason.TOO_LONG, Long.toUnsignedString(length) + ", at most " + max);
        }
        need((int) length);
        return (int) length;
    }

    private void need(int bytes) throws WireException {
        if (end - at < bytes) {
            throw new WireException(Reason.TRUNCATED, remaining() + " bytes left, " + bytes + " needed");
        }
    }
}
