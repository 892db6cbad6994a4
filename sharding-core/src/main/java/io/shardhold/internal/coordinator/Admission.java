package io.shardhold.internal.coordinator;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.kernel.Turn;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MapValue;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.RegionMessage;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Admits nodes that want to join, or says why not; lets members leave. Requests are repeated until answered. */
final class Admission {
    /** The seats still hear the process that ran at the newcomer's address; they will not for long. */
    private static final Optional<String> NOT_YET = Optional.of("");

    private final Tenure.Setup setup;
    private final Tenure tenure;
    private final Removal removal;
    private final Troubles troubles;

    Admission(Tenure.Setup setup, Tenure tenure, Removal removal, Troubles troubles) {
        this.setup = setup;
        this.tenure = tenure;
        this.removal = removal;
        this.troubles = troubles;
    }

    private Turn turn() {
        return setup.turn().get();
    }

    void onJoinRequest(NodeId from, Declaration declaration) {
        Optional<Member> known = tenure.writes().store().member(from);
        if (known.isPresent()) {
            boolean committed = tenure.writes().isCommitted(EntryKey.member(from));
            if (!known.get().status().mayServe()) {
                turn().send(
                                from,
                                new MembershipMessage.VerdictNotice(
                                        tenure.term().clusterId()));
            } else if (committed) {
                welcome(from);
            }
            return;
        }
        Optional<String> objection = objection(from, declaration);
        if (objection.equals(NOT_YET)) {
            return;
        }
        if (objection.isPresent()) {
            turn().count(Counter.JOINS_REFUSED);
            turn().send(from, new MembershipMessage.JoinRefused(objection.get()));
        } else {
            admit(from, declaration);
        }
    }

    private void admit(NodeId from, Declaration declaration) {
        declared(declaration).forEach((type, shards) -> {
            if (tenure.table().shardsOf(type).isEmpty()) {
                tenure.writes().write(new MapValue.TypeShards(type, shards));
            }
        });
        tenure.writes().write(new MapValue.MemberEntry(declaration.toMember(from, tenure.nextAge())));
    }

    private static Map<String, Integer> declared(Declaration declaration) {
        Map<String, Integer> all = new TreeMap<>(declaration.routes());
        all.putAll(declaration.hosts());
        return all;
    }

    private Optional<String> objection(NodeId from, Declaration declaration) {
        int members = tenure.writes().store().members().size();
        if (members >= setup.limits().members()) {
            return Optional.of("the cluster has " + members + " members, its limit; raise Limits.members on all nodes");
        }
        for (Map.Entry<String, Integer> type : declared(declaration).entrySet()) {
            Optional<Integer> shards = tenure.table().shardsOf(type.getKey());
            if (shards.isPresent() && !setup.guards().sameShards(shards.get(), type.getValue())) {
                return Optional.of("entity type '" + type.getKey() + "' has " + shards.get()
                        + " shards in the cluster, and " + type.getValue() + " on " + from.address() + "; declare "
                        + shards.get() + " there, or stop all nodes to change the number");
            }
        }
        return conflict(from);
    }

    /** Somebody else under the name or at the address: removed if it is gone, else the newcomer is refused. */
    private Optional<String> conflict(NodeId from) {
        for (Member member : tenure.writes().store().serving()) {
            NodeId other = member.id();
            boolean sameAddress = other.address().equals(from.address());
            if (!sameAddress && !other.name().equals(from.name())) {
                continue;
            }
            if (sameAddress && other.incarnation() > from.incarnation()) {
                return Optional.of("a newer incarnation of " + from.address() + " is a member already");
            }
            int seats = tenure.writes().seats().seeds().size();
            long gone = troubles.votesGone(other, turn().now().monoNanos());
            if (seats - gone >= setup.guards().quorum(tenure.writes().seats())) {
                return sameAddress
                        ? NOT_YET
                        : Optional.of("the name '" + from.name() + "' is in use by " + other.address()
                                + ", which is alive, and asked for by " + from.address()
                                + "; give each node a name of its own, or wait until the old process is gone");
            }
            removal.condemn(other, "replaced by " + from.address());
        }
        return Optional.empty();
    }

    void onLeaveRequest(NodeId from) {
        tenure.writes()
                .store()
                .member(from)
                .filter(m -> m.status() == MemberStatus.UP && tenure.writes().isCommitted(EntryKey.member(from)))
                .ifPresent(m -> tenure.writes().write(new MapValue.MemberEntry(m.with(MemberStatus.LEAVING))));
    }

    /** A member's status is on a quorum. */
    void onStatusCommitted(Member member) {
        if (member.status() == MemberStatus.UP) {
            welcome(member.id());
        }
    }

    private void welcome(NodeId member) {
        turn().send(member, new MembershipMessage.Joined(tenure.term()));
        turn().send(member, new RegionMessage.Announce(tenure.term()));
    }
}
