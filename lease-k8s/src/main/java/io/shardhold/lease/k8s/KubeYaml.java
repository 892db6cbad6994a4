package io.shardhold.lease.k8s;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the part of YAML in which kubeconfigs are written: block mappings and sequences, plain and quoted scalars, plain
 * scalars that go on in the next line, literal blocks, comments, empty {@code {}} and {@code []}. Every scalar is a text, or
 * null. What it does not understand it refuses, with the line and without its text: there may be secrets in it.
 */
final class KubeYaml {
    private static final int MOST_DEPTH = 32;
    private static final String REMEDY = ": write the file anew with 'kubectl config view --raw --flatten'";

    /** Bounded, so that a long line which is no key is found to be none in no time. */
    private static final Pattern KEY = Pattern.compile(
            "(\"[^\"\\\\]*\"|'[^']*'|[^\\s\"'&*!|>%@`{}\\[\\],#?-][^\"']{0,255}?|-[^\\s\"']+?)\\s{0,255}:(?:\\s+(.*))?");

    private static final String INDICATORS = "&*!%@`,?#>{}[]|";

    /** A line that has something to say. */
    private record Line(int number, int indent, String text) {}

    private final String[] raw;
    private final List<Line> lines = new ArrayList<>();
    private int next;

    private KubeYaml(String document) {
        raw = document.split("\r?\n", -1);
    }

    /** @throws IllegalArgumentException naming the line, the problem and the remedy */
    static Map<String, @Nullable Object> readMapping(String document) {
        KubeYaml reader = new KubeYaml(document);
        reader.split();
        if (reader.lines.isEmpty()) {
            throw new IllegalArgumentException("there is nothing in it" + REMEDY);
        }
        Line first = reader.lines.get(0);
        if (isItem(first)) {
            throw refusal(first, "a list where the keys of a kubeconfig are expected");
        }
        Map<String, @Nullable Object> mapping = reader.mapping(first.indent(), 0);
        if (reader.next < reader.lines.size()) {
            throw refusal(reader.lines.get(reader.next), "indented as nothing before it");
        }
        return mapping;
    }

    private static IllegalArgumentException refusal(Line line, String what) {
        return new IllegalArgumentException("line " + line.number() + ": " + what + REMEDY);
    }

    /** Lines of literal blocks are taken for others here; whoever meets the block skips them. */
    private void split() {
        boolean begun = false;
        for (int i = 0; i < raw.length; i++) {
            String text = raw[i].strip();
            if (text.isEmpty() || text.startsWith("#") || (!begun && text.equals("---"))) {
                continue;
            }
            int indent = 0;
            while (raw[i].charAt(indent) == ' ') {
                indent++;
            }
            Line line = new Line(i + 1, indent, text);
            if (raw[i].charAt(indent) == '\t') {
                throw refusal(line, "a tab where blanks are expected");
            }
            if (indent == 0 && (text.startsWith("---") || text.equals("..."))) {
                throw refusal(line, "a second document");
            }
            begun = true;
            lines.add(line);
        }
    }

    private @Nullable Line peek() {
        return next < lines.size() ? lines.get(next) : null;
    }

    private static boolean isItem(Line line) {
        return line.text().equals("-") || line.text().startsWith("- ");
    }

    private Map<String, @Nullable Object> mapping(int indent, int depth) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (Line line = peek(); line != null && line.indent() == indent && !isItem(line); line = peek()) {
            var parts = KEY.matcher(line.text());
            if (!parts.matches()) {
                throw refusal(line, "no 'key: value'");
            }
            String key = unquote(line, parts.group(1));
            if (fields.containsKey(key)) {
                throw refusal(line, "the key is there twice");
            }
            next++;
            String value = parts.group(2) == null ? "" : parts.group(2);
            fields.put(
                    key,
                    value.isEmpty() || value.startsWith("#")
                            ? below(line, indent, depth)
                            : scalar(line, value, indent));
        }
        return fields;
    }

    /** What the key of this line has below it. A list may be indented like its key. */
    private @Nullable Object below(Line key, int indent, int depth) {
        Line line = peek();
        if (depth == MOST_DEPTH) {
            throw refusal(key, "more than " + MOST_DEPTH + " levels");
        }
        if (line != null && isItem(line) && line.indent() >= indent) {
            return sequence(line.indent(), depth + 1);
        }
        return line != null && line.indent() > indent ? mapping(line.indent(), depth + 1) : null;
    }

    private List<@Nullable Object> sequence(int indent, int depth) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (Line line = peek(); line != null && line.indent() == indent && isItem(line); line = peek()) {
            String text = line.text().substring(1).strip();
            if (text.isEmpty() || text.startsWith("#")) {
                next++;
                Line inner = peek();
                elements.add(inner == null || inner.indent() <= indent ? null : below(line, indent + 1, depth));
            } else if (text.startsWith("- ") || depth == MOST_DEPTH) {
                throw refusal(line, "lists of lists, or more than " + MOST_DEPTH + " levels");
            } else if (KEY.matcher(text).matches()) {
                // The rest of the line is the first of the keys that stand below it.
                int shift = line.text().indexOf(text, 1);
                lines.set(next, new Line(line.number(), indent + shift, text));
                elements.add(mapping(indent + shift, depth + 1));
            } else {
                next++;
                elements.add(scalar(line, text, indent));
            }
        }
        return elements;
    }

    private @Nullable Object scalar(Line line, String text, int indent) {
        char first = text.charAt(0);
        if (first == '"' || first == '\'') {
            return unquote(line, quotedPart(line, text));
        }
        String bare = withoutComment(text);
        return switch (bare) {
            case "{}" -> new LinkedHashMap<String, @Nullable Object>();
            case "[]" -> new ArrayList<@Nullable Object>();
            case "|", "|-", "|+" -> literal(line, indent, bare);
            default -> plain(line, bare, indent);
        };
    }

    private @Nullable String plain(Line line, String text, int indent) {
        if (text.isEmpty() || INDICATORS.indexOf(text.charAt(0)) >= 0 || text.startsWith("- ")) {
            throw refusal(
                    line, "an anchor, an alias, a tag, a folded block or a list in brackets, none of which is read");
        }
        if (text.contains(": ") || text.endsWith(":")) {
            throw refusal(line, "two keys in one line");
        }
        StringBuilder folded = new StringBuilder(text);
        for (Line more = peek(); more != null && more.indent() > indent; more = peek()) {
            String rest = withoutComment(more.text());
            if (rest.contains(": ") || rest.endsWith(":") || isItem(more)) {
                throw refusal(more, "indented below a key that has a value already");
            }
            folded.append(' ').append(rest);
            next++;
        }
        String whole = folded.toString();
        return whole.equals("null") || whole.equals("~") ? null : whole;
    }

    private static String withoutComment(String text) {
        int comment = text.indexOf(" #");
        return (comment < 0 ? text : text.substring(0, comment)).strip();
    }

    /** The lines below, as they are, without the indentation of the first. */
    private String literal(Line line, int indent, String mark) {
        StringBuilder block = new StringBuilder();
        int least = -1;
        int index = line.number();
        for (; index < raw.length; index++) {
            String text = raw[index];
            int depth = text.length() - text.stripLeading().length();
            if (text.isBlank()) {
                block.append('\n');
                continue;
            }
            if (depth <= indent) {
                break;
            }
            least = least < 0 ? depth : least;
            if (depth < least) {
                throw refusal(new Line(index + 1, depth, ""), "less indented than the block that it is in");
            }
            block.append(text, least, text.length()).append('\n');
        }
        for (Line read = peek(); read != null && read.number() <= index; read = peek()) {
            next++;
        }
        String text = block.toString();
        return mark.equals("|+") ? text : text.stripTrailing() + (mark.equals("|") && !text.isBlank() ? "\n" : "");
    }

    /** The quoted text that the rest begins with; only a comment may follow. */
    private static String quotedPart(Line line, String text) {
        char quote = text.charAt(0);
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote == '"') {
                i++;
            } else if (c == quote && quote == '\'' && text.startsWith("''", i)) {
                i++;
            } else if (c == quote) {
                String rest = text.substring(i + 1).strip();
                if (!rest.isEmpty() && !rest.startsWith("#")) {
                    throw refusal(line, "something follows a quoted text");
                }
                return text.substring(0, i + 1);
            }
        }
        throw refusal(line, "a quoted text that does not end in its line");
    }

    private static String unquote(Line line, String text) {
        if (text.startsWith("'")) {
            return text.substring(1, text.length() - 1).replace("''", "'");
        }
        if (!text.startsWith("\"")) {
            return text;
        }
        try {
            // A text in double quotes is one of JSON, but for escapes that nobody writes into a kubeconfig.
            return String.valueOf(
                    Json.readObject(("{\"text\":" + text + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .get("text"));
        } catch (Json.Malformed e) {
            throw refusal(line, "an escape in a quoted text that is not read");
        }
    }
}
