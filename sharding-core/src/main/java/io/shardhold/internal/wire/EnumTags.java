package io.shardhold.internal.wire;

import io.shardhold.internal.wire.WireException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The tags of one enum, 1 to 127: an exhaustive switch gives them, so a new constant without a tag does not compile. */
final class EnumTags<E extends Enum<E>> {
    private final String name;
    private final ToIntFunction<E> tag;
    private final List<@Nullable E> byTag = new ArrayList<>();

    EnumTags(String name, E[] values, ToIntFunction<E> tag) {
        this.name = name;
        this.tag = tag;
        for (E value : values) {
            int number = tag.applyAsInt(value);
            while (byTag.size() <= number) {
                byTag.add(null);
            }
            if (number < 1 || number > 127 || byTag.set(number, value) != null) {
                throw new IllegalStateException("tag " + number + " of " + value + " is taken or out of range");
            }
        }
    }

    void write(WireWriter out, E value) {
        out.writeByte(tag.applyAsInt(value));
    }

    E read(WireReader in) throws WireException {
        int number = in.readByte();
        E value = find(number);
        if (value == null) {
            throw new WireException(Reason.UNKNOWN_TAG, name + " " + number);
        }
        return value;
    }

    @Nullable
    E find(int number) {
        return number < byTag.size() ? byTag.get(number) : null;
    }

    int tag(E value) {
        return tag.applyAsInt(value);
    }

    /** One line per constant, as the listing of the wire format shows it. */
    List<String> listing() {
        List<String> lines = new ArrayList<>();
        for (int number = 1; number < byTag.size(); number++) {
            E value = byTag.get(number);
            if (value != null) {
                lines.add(name + " " + number + " " + value.name());
            }
        }
        return lines;
    }
}
