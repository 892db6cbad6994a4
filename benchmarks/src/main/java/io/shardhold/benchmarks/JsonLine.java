package io.shardhold.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One result as a line of JSON, members in the order in which they were put. */
final class JsonLine {
    private final Map<String, Object> members = new LinkedHashMap<>();

    JsonLine put(String name, String value) {
        members.put(name, value);
        return this;
    }

    JsonLine put(String name, double value) {
        members.put(name, value);
        return this;
    }

    JsonLine put(String name, Map<String, Double> values) {
        members.put(name, values);
        return this;
    }

    private static String text(Object value) {
        if (value instanceof Map<?, ?> map) {
            StringBuilder out = new StringBuilder("{");
            map.forEach((name, member) -> out.append(out.length() > 1 ? "," : "")
                    .append(quoted(String.valueOf(name)))
                    .append(':')
                    .append(text(member)));
            return out.append('}').toString();
        }
        if (value instanceof Double number) {
            return number == Math.rint(number) && Math.abs(number) < 1e15
                    ? Long.toString(number.longValue())
                    : String.format(Locale.ROOT, "%.2f", number);
        }
        return quoted(String.valueOf(value));
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    @Override
    public String toString() {
        return text(members);
    }
}
