package io.shardhold.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page that tells which failures of other systems ours is tried against.
 *
 * @param rows of its table of mutants, as they stand there
 * @param numbersToCome of the failures without a mutant, each a list item "- **5** …"
 */
record KnownFailuresPage(List<String> rows, SortedSet<Integer> numbersToCome) {
    /** Relative to the module, where the build runs tests. */
    private static final Path PAGE = Path.of("..", "docs", "known-failures.md");

    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\|.*");
    private static final Pattern TO_COME = Pattern.compile("- \\*\\*(\\d+)\\*\\* .*");

    static KnownFailuresPage read() throws IOException {
        List<String> rows = new ArrayList<>();
        SortedSet<Integer> toCome = new TreeSet<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher item = TO_COME.matcher(line);
            if (ROW.matcher(line).matches()) {
                rows.add(line);
            } else if (item.matches()) {
                toCome.add(Integer.valueOf(item.group(1)));
            }
        }
        return new KnownFailuresPage(List.copyOf(rows), toCome);
    }

    /** The row that the page has to have for a mutant. */
    static String row(Mutant mutant, Map<String, Integer> caught, int seeds) {
        int sum = caught.values().stream().mapToInt(Integer::intValue).sum();
        List<String> names = caught.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(e -> "`" + e.getKey() + "`" + (caught.size() > 1 ? " " + e.getValue() : ""))
                .toList();
        return String.join(
                " | ",
                "| " + mutant.failure(),
                "`" + mutant.name() + "`",
                mutant.guard(),
                mutant.trial().title(),
                String.join(", ", names),
                sum + " of " + seeds + " |");
    }

    SortedSet<Integer> numbersOfRows() {
        SortedSet<Integer> numbers = new TreeSet<>();
        for (String row : rows) {
            Matcher matcher = ROW.matcher(row);
            if (matcher.matches()) {
                numbers.add(Integer.valueOf(matcher.group(1)));
            }
        }
        return numbers;
    }
}
