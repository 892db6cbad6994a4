package io.shardhold.testkit;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** How the simulated network treats what passes between two machines. Directed; machines are named by node name. */
final class LinkRules {
    private final TreeSet<String> cut = new TreeSet<>();
    private final Map<String, Double> loss = new TreeMap<>();
    private double lossEverywhere;
    private double duplication;
    private double lateShare;
    private double lateDirectiveShare;
    private long lateNanos = 1;
    private long shortestNanos = 200_000L;
    private long longestNanos = 2_000_000L;

    private static String link(String from, String to) {
        return from + ">" + to;
    }

    void cut(String from, String to) {
        cut.add(link(from, to));
    }

    void heal(String from, String to) {
        cut.remove(link(from, to));
    }

    void healAll() {
        cut.clear();
        loss.clear();
        lossEverywhere = 0;
        duplication = 0;
        lateShare = 0;
        lateDirectiveShare = 0;
    }

    boolean isCut(String from, String to) {
        return cut.contains(link(from, to));
    }

    void loss(double share) {
        lossEverywhere = share;
    }

    void loss(String from, String to, double share) {
        loss.put(link(from, to), share);
    }

    double loss(String from, String to) {
        return loss.getOrDefault(link(from, to), lossEverywhere);
    }

    void duplication(double share) {
        duplication = share;
    }

    double duplication() {
        return duplication;
    }

    /** A share of control messages, and another of directives, arrives once more, much later and out of order. */
    void late(double share, double directiveShare, long atMostNanos) {
        lateShare = share;
        lateDirectiveShare = directiveShare;
        lateNanos = atMostNanos;
    }

    double lateShare(boolean directive) {
        return directive ? lateDirectiveShare : lateShare;
    }

    long lateNanos() {
        return lateNanos;
    }

    void delay(long shortest, long longest) {
        shortestNanos = shortest;
        longestNanos = longest;
    }

    long shortestNanos() {
        return shortestNanos;
    }

    long longestNanos() {
        return longestNanos;
    }
}
