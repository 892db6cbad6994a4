package io.shardhold.testkit.simulated;

import io.shardhold.testkit.fault.LinkRule;
import java.util.HashMap;
import java.util.Map;

/** The rules of all directed links, by the numbers of their machines. */
final class LinkRules {
    private final Map<Long, LinkRule> rules = new HashMap<>();

    void set(int from, int to, LinkRule rule) {
        rules.put(key(from, to), rule);
    }

    LinkRule of(int from, int to) {
        return rules.getOrDefault(key(from, to), LinkRule.CLEAR);
    }

    private static long key(int from, int to) {
        return (long) from << 32 | to;
    }
}
