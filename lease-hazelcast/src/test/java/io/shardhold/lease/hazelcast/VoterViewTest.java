package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.version.MemberVersion;
import io.shardhold.lease.LeaseRuntime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VoterViewTest {
    private static final Voters VOTERS = new Voters(List.of("n1", "n2", "n3"));

    private final Set<Member> members = new LinkedHashSet<>();
    private long nowNanos;

    private static MemberImpl member(String name) {
        return member(name, VOTERS, false);
    }

    private static MemberImpl member(String name, Voters list, boolean lite) {
        return new MemberImpl.Builder(new Address())
                .version(MemberVersion.of("5.7.0"))
                .uuid(UUID.randomUUID())
                .attributes(Map.of(
                        HazelcastLeaseConfig.VOTER_ATTRIBUTE, name, HazelcastLeaseConfig.VOTERS_ATTRIBUTE, list.text()))
                .liteMember(lite)
                .localMember(name.equals("n1"))
                .build();
    }

    private VoterView view(Duration quiet) {
        Cluster cluster = (Cluster) Proxy.newProxyInstance(
                Cluster.class.getClassLoader(), new Class<?>[] {Cluster.class}, (proxy, method, args) -> members);
        return new VoterView(cluster, VOTERS, clock(), quiet);
    }

    private LeaseRuntime clock() {
        return new LeaseRuntime() {
            @Override
            public long monoNanos() {
                return nowNanos;
            }

            @Override
            public long wallMillis() {
                return 0;
            }

            @Override
            public Cancellable schedule(long delayNanos, Runnable task) {
                return () -> {};
            }

            @Override
            public long random() {
                return 0;
            }
        };
    }

    @Test
    void onlyVotersByNameMakeAMajority() {
        Voters others = new Voters(List.of("n1", "n2", "n3", "n4"));
        assertThat(VOTERS.problem(List.of(member("n1"), member("n2")))).isNull();
        assertThat(VOTERS.problem(List.of(member("n1"), member("d"), member("e"))))
                .contains("only [n1] are in sight, 2 are needed");
        assertThat(VOTERS.problem(List.of(member("n1"), member("n2", VOTERS, true))))
                .contains("only [n1]");
        assertThat(VOTERS.problem(List.of(member("n1"), member("n2", others, false))))
                .contains("only [n1]");
        assertThat(VOTERS.problem(List.of(member("n1"), member("n2"), member("n2"))))
                .contains("two members are called 'n2'");
    }

    @Test
    void moreMembersThanARecordHasCopiesAreRefused() {
        for (String name : List.of("n1", "n2", "n3", "d", "e", "f", "g")) {
            members.add(member(name));
        }
        assertThat(VOTERS.problem(members)).isNull();
        members.add(member("lite", VOTERS, true));
        assertThat(VOTERS.problem(members)).isNull();
        members.add(member("h"));
        assertThat(VOTERS.problem(members)).contains("8 members hold data");
    }

    @Test
    void theProtectionTakesItsListFromItsOwnMember() {
        VoterMajority protection = new VoterMajority();
        assertThat(protection.apply(List.of(member("n2"), member("n1")))).isTrue();
        assertThat(protection.apply(List.of(member("n1"), member("d")))).isFalse();
        assertThat(protection.apply(List.of(member("n2"), member("n3"))))
                .as("without its own")
                .isFalse();
    }

    @Test
    void nobodyTakesTheLeaseForAWhileAfterAMemberWasFirstSeen() {
        members.addAll(List.of(member("n1"), member("n2")));
        VoterView view = view(Duration.ofSeconds(5));
        assertThat(view.look().problemOfTake()).contains("for 5000 ms");
        nowNanos += Duration.ofSeconds(5).toNanos();
        assertThat(view.look().problemOfTake()).isNull();
        members.remove(members.iterator().next());
        assertThat(view.look().problemOfTake()).as("somebody has gone").isNull();
        members.add(member("n3"));
        assertThat(view.look().problemOfTake()).isNotNull();
        nowNanos += Duration.ofSeconds(5).toNanos() - 1;
        assertThat(view.look().problemOfTake()).isNotNull();
        nowNanos++;
        assertThat(view.look().problemOfTake()).isNull();
    }

    @Test
    void whoHasComeSinceHasNotTakenPart() {
        Member first = member("n1");
        Member second = member("n2");
        members.addAll(List.of(first, second));
        VoterView view = view(Duration.ZERO);
        ClusterView.Look before = view.look();
        assertThat(before.problem()).isNull();
        assertThat(view.problemSince(before)).isNull();
        members.remove(second);
        members.add(member("n3"));
        assertThat(view.problemSince(before)).contains("only [n1]");
        assertThat(view.look().problem()).isNull();
        assertThat(view.look().hash()).isNotEqualTo(before.hash());
    }
}
