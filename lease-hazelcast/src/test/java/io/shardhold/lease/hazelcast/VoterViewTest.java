package io.shardhold.lease.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.version.MemberVersion;
import io.shardhold.lease.LeaseRuntime;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VoterViewTest {
    private static final Voters VOTERS = new Voters(List.of("n1", "n2", "n3"));

    private static final AtomicInteger PORTS = new AtomicInteger(10_000);

    private final Set<Member> members = new LinkedHashSet<>();
    private long nowNanos;
    private @Nullable Copies copies;

    private static Address address() {
        try {
            return new Address("127.0.0.1", PORTS.incrementAndGet());
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MemberImpl member(String name) {
        return member(name, VOTERS, false);
    }

    private static MemberImpl member(String name, Voters list, boolean lite) {
        return new MemberImpl.Builder(address())
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
        return new VoterView(cluster, VOTERS, copies, clock(), quiet);
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
    void aMemberThatIsNotConfiguredForLeasesHindersAll() {
        MemberImpl stray = new MemberImpl.Builder(address())
                .version(MemberVersion.of("5.7.0"))
                .uuid(UUID.randomUUID())
                .build();
        assertThat(VOTERS.problem(List.of(member("n1"), member("n2"), member("n3"), stray)))
                .contains("the member at [127.0.0.1]:")
                .contains("not configured for leases");
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
        assertThat(view.look("shop").problemOfTake()).contains("wait for 5000 ms");
        nowNanos += Duration.ofSeconds(5).toNanos();
        assertThat(view.look("shop").problemOfTake()).isNull();
        members.remove(members.iterator().next());
        assertThat(view.look("shop").problemOfTake()).as("somebody has gone").isNull();
        members.add(member("n3"));
        assertThat(view.look("shop").problemOfTake()).isNotNull();
        nowNanos += Duration.ofSeconds(5).toNanos() - 1;
        assertThat(view.look("shop").problemOfTake()).isNotNull();
        nowNanos++;
        assertThat(view.look("shop").problemOfTake()).isNull();
    }

    @Test
    void whoHasComeSinceHasNotTakenPart() {
        Member first = member("n1");
        Member second = member("n2");
        members.addAll(List.of(first, second));
        VoterView view = view(Duration.ZERO);
        ClusterView.Look before = view.look("shop");
        assertThat(before.problem()).isNull();
        assertThat(view.problemSince(before)).isNull();
        members.remove(second);
        members.add(member("n3"));
        assertThat(view.problemSince(before)).contains("left meanwhile");
        assertThat(view.look("shop").problem()).isNull();
        assertThat(view.look("shop").hash()).isNotEqualTo(before.hash());
    }

    @Test
    void aMajorityOfTheVotersMustBeInThePlacesThatAreAsked() {
        Member first = member("n1");
        Member second = member("n2");
        Member third = member("n3");
        List<Member> table = List.of(first, second, third);
        copies = (name, count) ->
                table.subList(0, count).stream().map(Member::getAddress).collect(Collectors.toSet());
        members.addAll(table);
        VoterView view = view(Duration.ZERO);
        assertThat(view.look("shop").problemOfWrite()).isNull();
        members.remove(third);
        assertThat(view.look("shop").problemOfWrite()).isNull();
        members.add(third);
        members.remove(second);
        // Two of three are in view, but the third place is not asked.
        assertThat(view.look("shop").problem()).isNull();
        assertThat(view.look("shop").problemOfWrite())
                .contains("who have a copy")
                .contains("only [n1]");
    }

    @Test
    void whoDoesNotKnowTheCopiesWritesNothingForAWhileAfterAMemberHasLeft() {
        Member third = member("n3");
        members.addAll(List.of(member("n1"), member("n2"), third));
        VoterView view = view(Duration.ofSeconds(5));
        assertThat(view.look("shop").problemOfWrite()).isNull();
        members.remove(third);
        assertThat(view.look("shop").problemOfWrite()).contains("members have left");
        nowNanos += Duration.ofSeconds(5).toNanos();
        assertThat(view.look("shop").problemOfWrite()).isNull();
    }
}
