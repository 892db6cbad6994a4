package io.shardhold.internal.crdt;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.CoordinatorMessage.Trouble;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a seat has heard of whom, on its monotonic clock; bounded by the members that it knows. */
final class HeardMembers {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** Moments of one member. */
    private static final class Heard {
        private long lastNanos;
        private long rightSeenNanos;
        private boolean probed;
        private boolean mayServe;
        private boolean mayLead;
        private boolean goodbye;

        /** A new member is given a detection time to gain its right. */
        private Heard(long nowNanos, long graceNanos) {
            lastNanos = nowNanos;
            rightSeenNanos = nowNanos + graceNanos;
        }
    }

    private final Map<NodeId, Heard> heard = new TreeMap<>();
    private final Map<String, Long> newestByAddress = new TreeMap<>();
    private final long detectionNanos;

    HeardMembers(long detectionNanos) {
        this.detectionNanos = detectionNanos;
    }

    /** A member has probed. */
    void onProbe(NodeId from, boolean mayServe, boolean mayLead, long nowNanos) {
        Heard moments = heard.computeIfAbsent(from, id -> new Heard(nowNanos, detectionNanos));
        moments.lastNanos = nowNanos;
        // Who was cut off lost its right meanwhile: that counts from its first word on, or healing would be condemning.
        if (mayServe || moments.mayServe) {
            moments.rightSeenNanos = nowNanos;
        }
        moments.mayServe = mayServe;
        moments.mayLead = mayLead;
        moments.probed = true;
    }

    /** Somebody at this address has spoken; of interest if a member ran there. */
    void onIncarnation(NodeId from) {
        newestByAddress.computeIfPresent(from.address(), (address, newest) -> Math.max(newest, from.incarnation()));
    }

    void onGoodbye(NodeId from, long nowNanos) {
        heard.computeIfAbsent(from, id -> new Heard(nowNanos, detectionNanos)).goodbye = true;
    }

    boolean saidGoodbye(NodeId id) {
        Heard moments = heard.get(id);
        return moments != null && moments.goodbye;
    }

    /** The seat itself was asleep: it does not know who was silent meanwhile. */
    void onAwake(long nowNanos) {
        for (Heard moments : heard.values()) {
            moments.lastNanos = nowNanos;
            moments.rightSeenNanos = nowNanos + detectionNanos;
        }
    }

    /** Forgets who is no member any more; begins to listen to who has become one. */
    void retain(List<Member> members, long nowNanos) {
        TreeSet<NodeId> known = new TreeSet<>();
        TreeSet<String> addresses = new TreeSet<>();
        for (Member member : members) {
            known.add(member.id());
            addresses.add(member.id().address());
            newestByAddress.merge(member.id().address(), member.id().incarnation(), Math::max);
            heard.computeIfAbsent(member.id(), id -> new Heard(nowNanos, detectionNanos));
        }
        heard.keySet().retainAll(known);
        newestByAddress.keySet().retainAll(addresses);
    }

    /** Whether the member was heard lately and said that it may serve, and that it could lead. */
    boolean couldLead(NodeId id, long nowNanos) {
        Heard moments = heard.get(id);
        return moments != null && moments.mayLead && hasRight(id, nowNanos);
    }

    /** Whether the member was heard lately and said that it may serve. */
    boolean hasRight(NodeId id, long nowNanos) {
        Heard moments = heard.get(id);
        return moments != null && moments.mayServe && isThere(id, nowNanos);
    }

    /** Whether the member was heard lately and goes on. */
    boolean isThere(NodeId id, long nowNanos) {
        Heard moments = heard.get(id);
        return moments != null
                && moments.probed
                && !moments.goodbye
                && !isReplaced(id)
                && nowNanos - moments.lastNanos < detectionNanos;
    }

    /** Why the seat worries about a member; null if it does not. */
    private @Nullable Trouble trouble(NodeId id, long nowNanos) {
        Heard moments = heard.get(id);
        if (moments == null) {
            return null;
        }
        long silent = nowNanos - moments.lastNanos;
        if (moments.goodbye) {
            return new Trouble(id, Worry.GOODBYE, 0);
        } else if (isReplaced(id)) {
            return new Trouble(id, Worry.REPLACED, silent / NANOS_PER_MILLI);
        } else if (silent >= detectionNanos) {
            return new Trouble(id, Worry.SILENT, silent / NANOS_PER_MILLI);
        } else if (!moments.mayServe) {
            return new Trouble(
                    id, Worry.WITHOUT_RIGHT, Math.max(0, nowNanos - moments.rightSeenNanos) / NANOS_PER_MILLI);
        }
        return null;
    }

    List<Trouble> troubles(List<Member> members, long nowNanos) {
        List<Trouble> troubles = new ArrayList<>();
        for (Member member : members) {
            Trouble trouble = trouble(member.id(), nowNanos);
            if (trouble != null) {
                troubles.add(trouble);
            }
        }
        return troubles;
    }

    private boolean isReplaced(NodeId id) {
        Long newest = newestByAddress.get(id.address());
        return newest != null && newest > id.incarnation();
    }
}
