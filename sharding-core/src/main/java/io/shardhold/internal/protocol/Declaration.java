package io.shardhold.internal.protocol;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node says of itself when it joins.
 *
 * @param hosts entity types that it hosts, with their number of shards
 * @param routes entity types that it only sends to, with the number of shards that it assumes
 */
public record Declaration(
        SortedSet<String> roles,
        String zone,
        int weight,
        String version,
        SortedMap<String, Integer> hosts,
        SortedMap<String, Integer> routes) {
    public Declaration {
        roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
        hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
        routes = Collections.unmodifiableSortedMap(new TreeMap<>(routes));
        if (weight < 1 || weight > 1000) {
            throw new IllegalArgumentException("weight must be 1 to 1000, was " + weight);
        }
        hosts.forEach(Declaration::check);
        routes.forEach(Declaration::check);
    }

    private static void check(String type, int shards) {
        if (type.isEmpty() || type.length() > 64 || shards < 1 || shards > ShardKey.MAX_SHARDS) {
            throw new IllegalArgumentException("no entity type: '" + type + "' with " + shards + " shards");
        }
    }

    /** The first entity type that both declare with different numbers of shards. */
    public Optional<String> conflictWith(Declaration other) {
        for (SortedMap<String, Integer> mine : List.of(hosts, routes)) {
            for (Map.Entry<String, Integer> type : mine.entrySet()) {
                int shards = type.getValue();
                int theirs = other.hosts.getOrDefault(type.getKey(), other.routes.getOrDefault(type.getKey(), shards));
                if (shards != theirs) {
                    return Optional.of("entity type '" + type.getKey() + "' has " + theirs + " and " + shards
                            + " shards; declare the same number");
                }
            }
        }
        return Optional.empty();
    }

    /** The member that this declaration makes. */
    public Member toMember(NodeId id, long age) {
        return new Member(id, roles, zone, weight, version, hosts, MemberStatus.UP, age);
    }
}
