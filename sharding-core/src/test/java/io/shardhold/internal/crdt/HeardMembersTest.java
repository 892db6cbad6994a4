package io.shardhold.internal.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.Member;
import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.CoordinatorMessage.Trouble;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeardMembersTest {
    private static final long DETECTION = Duration.ofSeconds(3).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final NodeId N1 = Samples.node("n1");
    private static final List<Member> MEMBERS = List.of(Samples.member(N1, 1));

    private final HeardMembers heard = new HeardMembers(DETECTION);

    private List<Trouble> troubles(long now) {
        return heard.troubles(MEMBERS, now);
    }

    @Test
    void newMemberIsGivenADetectionTimeToSpeakAndToGainItsRight() {
        heard.retain(MEMBERS, 0);
        heard.onProbe(N1, false, true, SECOND);
        assertThat(troubles(2 * SECOND)).containsExactly(new Trouble(N1, Worry.WITHOUT_RIGHT, 0));
        heard.onProbe(N1, false, true, 5 * SECOND);
        assertThat(troubles(5 * SECOND)).containsExactly(new Trouble(N1, Worry.WITHOUT_RIGHT, 2_000));
    }

    @Test
    void timeWithoutTheRightCountsFromTheFirstProbeThatSaysSo() {
        heard.onProbe(N1, true, true, SECOND);
        heard.onProbe(N1, false, true, 2 * SECOND);
        assertThat(troubles(3 * SECOND)).containsExactly(new Trouble(N1, Worry.WITHOUT_RIGHT, 1_000));
        heard.onProbe(N1, true, true, 3 * SECOND);
        assertThat(troubles(3 * SECOND)).isEmpty();
    }

    @Test
    void timeInWhichNothingWasHeardDoesNotCountAsTimeWithoutTheRight() {
        heard.onProbe(N1, true, true, SECOND);
        heard.onProbe(N1, false, true, 5 * SECOND);
        assertThat(troubles(5 * SECOND))
                .as("a partition has healed: the member will have its right in a moment")
                .containsExactly(new Trouble(N1, Worry.WITHOUT_RIGHT, 0));
        heard.onProbe(N1, false, true, 6 * SECOND);
        assertThat(troubles(6 * SECOND)).containsExactly(new Trouble(N1, Worry.WITHOUT_RIGHT, 1_000));
    }

    @Test
    void silenceGoesOnFromTheLastWord() {
        heard.onProbe(N1, true, true, SECOND);
        assertThat(troubles(SECOND + DETECTION - 1)).isEmpty();
        assertThat(troubles(SECOND + DETECTION)).containsExactly(new Trouble(N1, Worry.SILENT, 3_000));
    }

    @Test
    void newerIncarnationCountsOnlyWhereAMemberRan() {
        heard.onIncarnation(Samples.node("n1", 9));
        heard.retain(MEMBERS, 0);
        heard.onProbe(N1, true, true, 0);
        assertThat(troubles(0)).isEmpty();
        heard.onIncarnation(Samples.node("n1", 9));
        assertThat(troubles(0)).extracting(Trouble::worry).containsExactly(Worry.REPLACED);
        assertThat(heard.couldLead(N1, 0)).isFalse();
    }

    @Test
    void goodbyeOutweighsEverythingElse() {
        heard.retain(MEMBERS, 0);
        heard.onGoodbye(N1, 0);
        heard.onIncarnation(Samples.node("n1", 9));
        assertThat(troubles(10 * SECOND)).containsExactly(new Trouble(N1, Worry.GOODBYE, 0));
        assertThat(heard.saidGoodbye(N1)).isTrue();
    }

    @Test
    void whoIsNoMemberAnyMoreIsForgotten() {
        heard.retain(MEMBERS, 0);
        heard.onGoodbye(N1, 0);
        heard.retain(List.of(), 0);
        assertThat(heard.saidGoodbye(N1)).isFalse();
        assertThat(troubles(10 * SECOND)).isEmpty();
    }

    @Test
    void nobodyLeadsWhoWasNotHeardForTheDetectionTime() {
        heard.onProbe(N1, true, true, 0);
        assertThat(heard.couldLead(N1, DETECTION - 1)).isTrue();
        assertThat(heard.couldLead(N1, DETECTION)).isFalse();
        assertThat(heard.couldLead(Samples.node("n9"), 0)).isFalse();
    }

    @Test
    void afterASleepEverybodyIsGivenTheBenefitOfTheDoubt() {
        heard.onProbe(N1, false, true, 0);
        heard.onAwake(100 * SECOND);
        assertThat(troubles(100 * SECOND)).containsExactly(new Trouble(N1, Worry.WITHOUT_RIGHT, 0));
        assertThat(troubles(100 * SECOND + DETECTION))
                .extracting(Trouble::worry)
                .containsExactly(Worry.SILENT);
    }
}
