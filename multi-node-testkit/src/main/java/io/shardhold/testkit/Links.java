package io.shardhold.testkit;

import io.shardhold.testkit.fault.LinkRule;
import io.shardhold.testkit.rung.RungCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rules of all links of a run: one for the whole network, exceptions for single links, and cuts over both. */
final class Links {
    private record Link(String from, String to) implements Comparable<Link> {
        @Override
        public int compareTo(Link other) {
            int byFrom = from.compareTo(other.from);
            return byFrom != 0 ? byFrom : to.compareTo(other.to);
        }
    }

    private final Map<Link, LinkRule> exceptions = new TreeMap<>();
    private final Set<Link> cuts = new TreeSet<>();
    private LinkRule network = LinkRule.CLEAR;

    /** The rule of one link without its cut. */
    private LinkRule rule(Link link) {
        return exceptions.getOrDefault(link, network);
    }

    private void apply(RungCluster cluster, Link link) {
        LinkRule rule = rule(link);
        cluster.link(link.from, link.to, rule.cut(rule.cut() || cuts.contains(link)));
    }

    void cut(RungCluster cluster, String from, String to, boolean cut) {
        if (from.equals(to)) {
            throw new IllegalArgumentException("a node cannot be cut off from itself: '" + from + "'");
        }
        Link link = new Link(from, to);
        if (cut ? cuts.add(link) : cuts.remove(link)) {
            cluster.note((cut ? "cut " : "heal ") + from + " > " + to);
            apply(cluster, link);
        }
    }

    /** Cuts and heals a link again and again until that moment. */
    static void flap(MultiNodeSpec spec, String a, String b, Duration interval, Duration end) {
        spec.partition(a, b);
        spec.after(interval, () -> {
            spec.heal(a, b);
            if (spec.elapsed().plus(interval).compareTo(end) < 0) {
                spec.after(interval, () -> flap(spec, a, b, interval, end));
            }
        });
    }

    void rule(RungCluster cluster, String from, String to, LinkRule rule) {
        Link link = new Link(from, to);
        exceptions.put(link, rule);
        cluster.note("link " + from + " > " + to + " " + rule);
        apply(cluster, link);
    }

    void network(RungCluster cluster, List<String> names, LinkRule rule) {
        network = rule;
        cluster.note("network " + rule);
        applyAll(cluster, names);
    }

    void clear(RungCluster cluster, List<String> names) {
        exceptions.clear();
        cuts.clear();
        network = LinkRule.CLEAR;
        cluster.note("heal all links");
        applyAll(cluster, names);
    }

    /** Gives all links their rules, after a machine was added. */
    void applyAll(RungCluster cluster, List<String> names) {
        List<Link> all = new ArrayList<>();
        for (String from : names) {
            for (String to : names) {
                if (!from.equals(to)) {
                    all.add(new Link(from, to));
                }
            }
        }
        all.forEach(link -> apply(cluster, link));
    }

    /** The directions that are cut; empty if none is. */
    String cuts() {
        return cuts.stream().map(link -> link.from + " > " + link.to).collect(Collectors.joining(", "));
    }

    /** Whether any direction is cut. */
    boolean isAnyCut() {
        return !cuts.isEmpty();
    }
}
