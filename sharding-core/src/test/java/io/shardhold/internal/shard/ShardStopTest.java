package io.shardhold.internal.shard;

import static io.shardhold.internal.shard.HostFixture.NEAR;
import static io.shardhold.internal.shard.HostFixture.shard;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.NodeId;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.shard.ShardHost.Admission;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How shards stop, are kept, and open again. */
class ShardStopTest {
    private final HostFixture f = new HostFixture();

    @BeforeEach
    void open() {
        f.host.open(shard(0, 1));
    }

    private boolean stop() {
        return f.host.stop(shard(0, 1), StopReason.HAND_OFF, true);
    }

    private boolean drop() {
        return f.host.stop(shard(0, 1), StopReason.HAND_OFF, false);
    }

    @Test
    void anEmptyShardDrainsWithinTheStop() {
        assertThat(stop()).isTrue();
        assertThat(f.ports.log).containsExactly("drained talk/0@1/1");
        assertThat(f.host.isSilent()).isTrue();
        assertThat(stop()).as("it is not here any more").isFalse();
        assertThat(f.count(Counter.SHARDS_STARTED)).isEqualTo(1);
        assertThat(f.count(Counter.SHARDS_STOPPED)).isEqualTo(1);
    }

    @Test
    void anotherEpochIsNotStopped() {
        assertThat(f.host.stop(shard(0, 2), StopReason.HAND_OFF, false)).isFalse();
        assertThat(f.tell("a", "1")).isEqualTo(Admission.ACCEPTED);
    }

    @Test
    void anOrderlyStopHandlesWhatWasAcceptedThenCallsHooksThenDrains() {
        f.tell("a", "1");
        f.tell("b", "1");
        f.executor.runAll();
        f.tell("a", "2");
        f.tell("a", "3");
        stop();
        assertThat(f.tell("a", "4")).isEqualTo(Admission.NOT_HOSTED);
        f.executor.runAll();
        assertThat(f.deeds)
                .containsExactly("a#1:1", "b#2:1", "a#1:2", "b#2:HAND_OFF", "a#1:3", "a#1:HAND_OFF")
                .doesNotContain("a#1:4");
        assertThat(f.ports.log).containsExactly("drained talk/0@1/1");
        assertThat(f.host.entities()).isZero();
        assertThat(f.count(Counter.ENTITIES_STOPPED)).isEqualTo(2);
    }

    @Test
    void aShardDrainsOnlyWhenTheLastHandlerHasReturned() {
        f.tell("a", "1");
        f.executor.begin();
        stop();
        f.executor.end();
        assertThat(f.ports.log).isEmpty();
        f.executor.begin();
        assertThat(f.deeds).endsWith("a#1:HAND_OFF");
        assertThat(f.ports.log).as("the hook is still running").isEmpty();
        f.executor.runAll();
        assertThat(f.ports.log).containsExactly("drained talk/0@1/1");
    }

    @Test
    void anEntityThatAskedToStopIsNotStoppedTwice() {
        f.tell("a", "stop");
        stop();
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:stop", "a#1:ASKED");
        assertThat(f.ports.log).containsExactly("drained talk/0@1/1");
    }

    @Test
    void anEntityThatFailsWhileItsShardStopsDoesNotHoldItUp() {
        f.tell("a", "fail");
        stop();
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:fail");
        assertThat(f.ports.log).containsExactly("drained talk/0@1/1");
    }

    @Test
    void aDisorderlyStopGivesBackWhatWasNotTakenUpInOrderAndCallsNoHooks() {
        NodeId far = new NodeId("far", "127.0.0.1", 7351, 1);
        f.tell("b", "1");
        f.executor.runAll();
        f.host.deliver(f.envelope(0, "b", "2"), far);
        f.tell("a", "3");
        f.tell("b", "4");
        drop();
        assertThat(f.ports.log)
                .containsExactly(
                        "left over b 2 of far", "left over b 4 of near", "left over a 3 of near", "drained talk/0@1/1");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("b#1:1");
        assertThat(f.count(Counter.ENTITIES_STARTED)).isEqualTo(f.count(Counter.ENTITIES_STOPPED));
        assertThat(f.host.entities()).isZero();
    }

    @Test
    void aDisorderlyStopWaitsForTheHandlerThatRuns() {
        f.tell("a", "1");
        f.tell("a", "2");
        f.tell("b", "3");
        f.executor.begin();
        drop();
        assertThat(f.ports.log).containsExactly("left over b 3 of near");
        assertThat(f.host.isSilent()).isFalse();
        f.executor.end();
        assertThat(f.ports.log).containsExactly("left over b 3 of near", "left over a 2 of near", "drained talk/0@1/1");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1");
    }

    @Test
    void anOrderlyStopThatHangsBecomesADisorderlyOne() {
        f.tell("a", "1");
        f.tell("a", "2");
        f.tell("b", "3");
        f.executor.begin();
        stop();
        stop();
        drop();
        f.executor.end();
        assertThat(f.ports.log).containsExactly("left over b 3 of near", "left over a 2 of near", "drained talk/0@1/1");
        assertThat(f.deeds).containsExactly("a#1:1");
    }

    @Test
    void anOrderlyStopWithoutTheRightWaitsUntilItReturns() {
        f.tell("a", "1");
        f.executor.runAll();
        f.tell("a", "2");
        f.loseRight();
        stop();
        f.executor.runAll();
        assertThat(f.ports.log).isEmpty();
        f.gainRight();
        f.host.wake();
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:2", "a#1:HAND_OFF");
        assertThat(f.ports.log).containsExactly("drained talk/0@1/1");
    }

    @Test
    void aSuspendedEntityOfADroppedShardIsForgotten() {
        f.loseRight();
        f.tell("a", "1");
        f.executor.runAll();
        stop();
        drop();
        assertThat(f.ports.log).containsExactly("left over a 1 of near", "drained talk/0@1/1");
        f.gainRight();
        f.host.wake();
        assertThat(f.executor.waiting()).isZero();
    }

    // Keeping.

    @Test
    void aStopThatIsTakenBackLeavesEverythingAsItWas() {
        f.tell("a", "1");
        f.executor.begin();
        stop();
        assertThat(f.host.keep(shard(0, 1))).isTrue();
        assertThat(f.tell("a", "2")).isEqualTo(Admission.ACCEPTED);
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:2");
        assertThat(f.ports.log).isEmpty();
    }

    @Test
    void entitiesThatHadStoppedBeforeTheShardWasKeptStartAfresh() {
        f.tell("a", "1");
        f.executor.runAll();
        f.tell("b", "1");
        f.executor.begin();
        stop();
        f.executor.begin();
        assertThat(f.deeds).endsWith("a#1:HAND_OFF");
        assertThat(f.host.keep(shard(0, 1))).isTrue();
        f.tell("a", "2");
        f.tell("b", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "b#2:1", "a#1:HAND_OFF", "b#2:2", "a#3:2");
    }

    @Test
    void anEntityThatWasToldToFinishButNotYetAskedServesOn() {
        f.tell("a", "1");
        f.executor.runAll();
        stop();
        f.host.keep(shard(0, 1));
        f.executor.runAll();
        f.tell("a", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:2");
    }

    @Test
    void aShardThatWasKeptCanBeStoppedAgainAndDrainsOnce() {
        f.tell("a", "1");
        f.executor.begin();
        stop();
        f.host.keep(shard(0, 1));
        stop();
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:HAND_OFF");
        assertThat(f.ports.log).containsExactly("drained talk/0@1/1");
    }

    @Test
    void whatHasDrainedOrIsDroppedIsNotKept() {
        f.tell("a", "1");
        f.executor.begin();
        drop();
        assertThat(f.host.keep(shard(0, 1))).isFalse();
        f.executor.runAll();
        assertThat(f.host.keep(shard(0, 1))).isFalse();
        assertThat(f.host.keep(shard(0, 2))).isFalse();
        f.host.open(shard(0, 2));
        assertThat(f.host.keep(shard(0, 2))).as("it was never stopped").isTrue();
    }

    // All of them.

    @Test
    void theEntitiesThatHaveNotStoppedAreNamedInOrder() {
        f.tell("c", "1");
        f.tell("a", "1");
        f.tell("b", "1");
        f.executor.runAll();
        f.tell("c", "2");
        stop();
        assertThat(f.host.unfinished(shard(0, 1), 2)).containsExactly("a", "b");
        assertThat(f.host.unfinished(shard(0, 1), 9)).containsExactly("a", "b", "c");
        f.executor.begin();
        f.executor.begin();
        f.executor.begin();
        f.executor.end();
        f.executor.begin();
        assertThat(f.deeds).contains("c#1:2", "a#2:HAND_OFF", "b#3:HAND_OFF");
        f.executor.runAll();
        assertThat(f.host.unfinished(shard(0, 1), 9)).isEmpty();
    }

    @Test
    void aShardOpensAgainUnderAHigherEpochWhenTheFormerHasDrained() {
        f.tell("a", "1");
        f.executor.runAll();
        drop();
        f.host.open(shard(0, 2));
        f.tell("a", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#2:2");
        assertThat(f.contexts.get(1).fence()).isGreaterThan(f.contexts.get(0).fence());
        assertThat(f.host.hosted()).containsExactly(shard(0, 2));
    }

    @Test
    void stoppingAllLeavesTheHostSilent() {
        f.host.open(shard(2, 3));
        f.host.open(shard(1, 2));
        assertThat(f.host.hosted()).containsExactly(shard(0, 1), shard(1, 2), shard(2, 3));
        assertThat(f.host.shards()).isEqualTo(3);
        f.host.deliver(f.envelope(1, "a", "1"), NEAR);
        f.host.stopAll(StopReason.LEAVING, true);
        assertThat(f.host.isSilent()).isFalse();
        assertThat(f.host.hosted()).containsExactly(shard(1, 2));
        f.executor.runAll();
        assertThat(f.host.isSilent()).isTrue();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:LEAVING");
        assertThat(f.ports.log).containsExactly("drained talk/0@1/1", "drained talk/2@1/3", "drained talk/1@1/2");
    }
}
