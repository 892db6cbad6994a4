package io.shardhold.internal.protocol;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import java.util.Collections;
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
    }

    /** The member that this declaration makes. */
    public Member toMember(NodeId id, long age) {
        return new Member(id, roles, zone, weight, version, hosts, MemberStatus.UP, age);
    }
}
