package io.shardhold.internal.coordinator;

import static io.shardhold.internal.coordinator.CoordinatorFixture.N1;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N2;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N3;
import static io.shardhold.internal.coordinator.CoordinatorFixture.N4;
import static io.shardhold.internal.coordinator.CoordinatorFixture.TIMINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.Limits;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.CoordinatorMessage;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import io.shardhold.internal.protocol.Declaration;
import io.shardhold.internal.protocol.MembershipMessage;
import io.shardhold.internal.protocol.MembershipMessage.JoinRefused;
import io.shardhold.internal.protocol.MembershipMessage.Joined;
import io.shardhold.internal.protocol.MembershipMessage.VerdictNotice;
import io.shardhold.internal.protocol.ShardKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who becomes a member, and who does not. */
class AdmissionTest extends CoordinatorStage {

    @Test
    void newcomerIsWelcomedWhenItsEntryIsOnAQuorum() {
        c.founded();
        c.answering.retainAll(List.of(N1));
        c.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        c.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        assertThat(c.takeOthers(Joined.class)).isEmpty();
        c.answering.add(N2);
        c.run(TIMINGS.probe());
        assertThat(c.takeOthers(Joined.class)).containsExactly(new Joined(c.term()));
        c.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        assertThat(c.takeOthers(Joined.class)).as("asked again, told again").hasSize(1);
    }

    @Test
    void newcomerThatKnowsOfAHigherTermIsNotAdmittedUnderThisOne() {
        c.founded();
        long before = c.term().number();
        c.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), before + 50));
        assertThat(c.isActive())
                .as("its epochs would be below those that N4 has known")
                .isFalse();
        assertThat(c.takeOthers(Joined.class)).isEmpty();
    }

    @Test
    void newcomerIsYoungerThanEverybodyElse() {
        c.founded();
        c.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        long age = c.member(N4).orElseThrow().member().age();
        for (NodeId seed : List.of(N1, N2, N3)) {
            assertThat(c.member(seed).orElseThrow().member().age()).isLessThan(age);
        }
    }

    @Test
    void otherNumberOfShardsIsRefusedWithBothNumbers() {
        c.founded();
        Declaration other = new Declaration(
                new TreeSet<>(), "", 100, "1", new TreeMap<>(Map.of(Samples.TYPE, 12)), new TreeMap<>());
        c.say(N4, new CoordinatorMessage.JoinRequest(other, 0));
        assertThat(c.takeOthers(JoinRefused.class))
                .singleElement()
                .satisfies(r -> assertThat(r.reason()).contains("'cart'", "6", "12", "n4:7350"));
        assertThat(c.member(N4)).isEmpty();
    }

    @Test
    void typeThatIsNewIsDeclaredByTheFirstMemberThatHasIt() {
        c.founded();
        Declaration other =
                new Declaration(new TreeSet<>(), "", 100, "1", new TreeMap<>(Map.of("ledger", 3)), new TreeMap<>());
        c.say(N4, new CoordinatorMessage.JoinRequest(other, 0));
        c.register(N4);
        c.say(N4, new CoordinatorMessage.HomeQuery(c.term().clusterId(), List.of(new ShardKey("ledger", 2))));
        assertThat(c.takeHostings()).containsExactly("n4#1: ledger/2@10/1");
    }

    @Test
    void nameThatIsInUseElsewhereIsRefusedWithBothAddresses() {
        c.founded();
        NodeId twin = new NodeId("n3", "elsewhere", 7350, 5);
        c.say(twin, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        assertThat(c.takeOthers(JoinRefused.class))
                .singleElement()
                .satisfies(r -> assertThat(r.reason()).contains("'n3'", "n3:7350", "elsewhere:7350"));
    }

    @Test
    void newIncarnationWaitsWhileAQuorumStillHearsTheOldOneAndReplacesItThen() {
        c.founded();
        NodeId again = Samples.node("n3", 2);
        c.say(again, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        assertThat(c.takeOthers(MembershipMessage.class))
                .as("not yet, and not no")
                .isEmpty();
        c.answering.retainAll(List.of(N1, N2));
        c.worry(N3, Worry.REPLACED, 100, N1, N2);
        c.run(TIMINGS.probe());
        c.say(again, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        c.run(TIMINGS.probe());
        assertThat(c.member(N3).orElseThrow().member().status()).isEqualTo(MemberStatus.DOWN);
        assertThat(c.member(again).orElseThrow().member().status()).isEqualTo(MemberStatus.UP);
    }

    @Test
    void olderIncarnationThanTheMemberIsRefused() {
        c.founded();
        NodeId newer = Samples.node("n4", 7);
        c.say(newer, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        c.takeOthers();
        c.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        assertThat(c.takeOthers(JoinRefused.class))
                .singleElement()
                .satisfies(r -> assertThat(r.reason()).contains("newer incarnation"));
    }

    @Test
    void removedMemberThatAsksToJoinIsToldItsVerdict() {
        placeAll();
        c.worry(N3, Worry.SILENT, SILENT_MILLIS, N1, N2);
        c.run(TIMINGS.probe());
        c.takeOthers();
        c.say(N3, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        assertThat(c.takeOthers(VerdictNotice.class)).hasSize(1);
    }

    @Test
    void clusterThatIsFullRefusesWithItsLimit() {
        Limits all = Limits.DEFAULT;
        CoordinatorFixture full = new CoordinatorFixture(new Limits(
                all.frameBytes(),
                all.parkedPerShard(),
                all.parkedBytes(),
                all.mailbox(),
                all.outboundBytesPerLink(),
                all.entities(),
                all.openAsks(),
                3));
        full.founded();
        full.say(N4, new CoordinatorMessage.JoinRequest(Samples.hosting(), 0));
        assertThat(full.takeOthers(JoinRefused.class))
                .singleElement()
                .satisfies(r -> assertThat(r.reason()).contains("3 members", "Limits.members"));
    }

    @Test
    void strangersAreNotObeyed() {
        c.founded();
        c.say(N4, new CoordinatorMessage.HomeQuery(c.term().clusterId(), List.of(Samples.shard(0))));
        c.say(N4, new CoordinatorMessage.LeaveRequest(c.term().clusterId()));
        c.say(N4, new CoordinatorMessage.Farewell(c.term().clusterId()));
        c.say(N2, new CoordinatorMessage.HomeQuery(c.term().clusterId() + 1, List.of(Samples.shard(0))));
        assertThat(c.placement(0)).isEmpty();
        assertThat(c.takeOthers()).isEmpty();
    }
}
