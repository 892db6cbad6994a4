package io.shardhold.cluster;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A node as the cluster knows it: identity, what it declared when it joined, and its status.
 *
 * @param id its identity
 * @param roles free labels, sorted
 * @param zone where it runs, for spreading; may be empty
 * @param weight relative capacity, 1 to 1000; 100 is ordinary
 * @param version version of the application, for operators
 * @param hosts entity types that it hosts with their number of shards; empty for a router or a witness
 * @param status decided by the active coordinator alone
 * @param age order of joining within the cluster: a lower age joined earlier; never changes
 */
public record Member(
        NodeId id,
        SortedSet<String> roles,
        String zone,
        int weight,
        String version,
        SortedMap<String, Integer> hosts,
        MemberStatus status,
        long age) {
    public Member {
        roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
        hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
        if (weight < 1 || weight > 1000) {
            throw new IllegalArgumentException("weight must be 1 to 1000, was " + weight);
        }
    }

    /** The same member in another status. */
    public Member with(MemberStatus next) {
        return new Member(id, roles, zone, weight, version, hosts, next, age);
    }

    /** The same member with its place in the order of joining. */
    public Member withAge(long joined) {
        return new Member(id, roles, zone, weight, version, hosts, status, joined);
    }
}
