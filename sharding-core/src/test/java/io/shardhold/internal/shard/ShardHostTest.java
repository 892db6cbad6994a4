package io.shardhold.internal.shard;

import static io.shardhold.internal.shard.HostFixture.NEAR;
import static io.shardhold.internal.shard.HostFixture.TALK;
import static io.shardhold.internal.shard.HostFixture.shard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityFactory;
import io.shardhold.entity.StopReason;
import io.shardhold.internal.kernel.Counter;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.shard.ShardHost.Admission;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What happens to messages and instances while a shard is open. */
class ShardHostTest {
    private HostFixture f = new HostFixture();

    @Test
    void anEntityStartsWithItsFirstMessage() {
        f.host.open(shard(0, 5));
        assertThat(f.host.entities()).isZero();
        assertThat(f.tell("a", "hello")).isEqualTo(Admission.ACCEPTED);
        assertThat(f.deeds).isEmpty();
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:hello");
        assertThat(f.host.entities()).isEqualTo(1);
        assertThat(f.count(Counter.ENTITIES_STARTED)).isEqualTo(1);
    }

    @Test
    void theContextTellsWhereTheEntityIs() {
        f.host.open(shard(0, 5));
        f.tell("a", "hello");
        f.executor.runAll();
        EntityContext<String> context = f.contexts.get(0);
        assertThat(context.id()).isEqualTo("a");
        assertThat(context.type()).isSameAs(TALK);
        assertThat(context.fence()).isEqualTo(shard(0, 5).epoch().fence());
        assertThat(context.now()).isEqualTo(Instant.ofEpochMilli(f.time.wallMillis()));
        assertThat(context.random().nextInt(10)).isBetween(0, 9);
        assertThat(context.self()).isEqualTo(new RecordingPorts.Ref<>(TALK, "a"));
        assertThat(context.entityRef(TALK, "b")).isEqualTo(new RecordingPorts.Ref<>(TALK, "b"));
    }

    @Test
    void messagesOfOneEntityAreHandledOneAfterTheOtherInOrder() {
        f.host.open(shard(0, 1));
        f.tell("a", "1");
        f.tell("a", "2");
        assertThat(f.executor.waiting()).isEqualTo(1);
        assertThat(f.executor.begin()).isTrue();
        f.tell("a", "3");
        assertThat(f.executor.waiting()).isZero();
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:2", "a#1:3");
        assertThat(f.count(Counter.MESSAGES_HANDLED)).isEqualTo(3);
    }

    @Test
    void aSlowEntityDelaysNoOther() {
        f.host.open(shard(0, 1));
        f.tell("slow", "1");
        f.executor.begin();
        f.tell("quick", "1");
        f.executor.begin();
        assertThat(f.deeds).containsExactly("slow#1:1", "quick#2:1");
    }

    @Test
    void aMessageForAShardThatIsNotOpenStaysTheCallers() {
        f.host.open(shard(0, 1));
        assertThat(f.host.deliver(f.envelope(1, "a", "1"), NEAR)).isEqualTo(Admission.NOT_HOSTED);
        assertThat(f.host.deliver(f.envelope(4, "a", "1"), NEAR)).isEqualTo(Admission.NOT_HOSTED);
        Envelope stranger = new Envelope(new ShardKey("other", 0), "a", 1, 0, "1", null);
        assertThat(f.host.deliver(stranger, NEAR)).isEqualTo(Admission.NOT_HOSTED);
        assertThat(f.count(Counter.MESSAGES_UNDELIVERED)).isZero();
    }

    @Test
    void aFullMailboxRefusesTheNewest() {
        f = new HostFixture(2, 10);
        f.host.open(shard(0, 1));
        f.tell("a", "1");
        f.tell("a", "2");
        assertThat(f.host.deliver(f.ask(0, "a", "3"), NEAR)).isEqualTo(Admission.REFUSED);
        assertThat(f.count(Counter.MESSAGES_UNDELIVERED)).isEqualTo(1);
        assertThat(f.ports.events)
                .containsExactly(new ClusterEvent.Undelivered(
                        UndeliveredReason.MAILBOX_FULL,
                        "talk",
                        "a",
                        1,
                        "2 messages wait for this entity, the limit;"
                                + " send slower, make its handler faster, or raise Limits.mailbox"));
        assertThat(f.ports.log).containsExactly("ask 103 of near failed: MAILBOX_FULL");
        f.executor.begin();
        assertThat(f.tell("a", "4")).as("one has been taken up").isEqualTo(Admission.ACCEPTED);
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:2", "a#1:4");
    }

    @Test
    void noMoreEntitiesStartThanMayLiveOnTheNode() {
        f = new HostFixture(10, 2);
        f.host.open(shard(0, 1));
        f.host.open(shard(1, 2));
        f.tell("a", "1");
        f.host.deliver(f.envelope(1, "b", "1"), NEAR);
        assertThat(f.tell("c", "1")).isEqualTo(Admission.REFUSED);
        assertThat(f.tell("a", "stop")).as("those that live go on").isEqualTo(Admission.ACCEPTED);
        assertThat(f.ports.events)
                .containsExactly(new ClusterEvent.Undelivered(
                        UndeliveredReason.ENTITY_LIMIT,
                        "talk",
                        "c",
                        1,
                        "2 entities live on this node, the limit;"
                                + " add nodes, have entities stop when they are idle, or raise Limits.entities"));
        f.executor.runAll();
        assertThat(f.host.entities()).isEqualTo(1);
        assertThat(f.tell("c", "1")).isEqualTo(Admission.ACCEPTED);
    }

    @Test
    void aMessageFromTheWireIsDecodedBeforeItIsHandled() throws Exception {
        f.host.open(shard(0, 1));
        byte[] payload = TALK.codec().encode("hello");
        Envelope far = new Envelope(new ShardKey("talk", 0), "a", 1, 0, null, payload);
        assertThat(f.host.deliver(far, NEAR)).isEqualTo(Admission.ACCEPTED);
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:hello");
    }

    @Test
    void aMessageThatCannotBeDecodedIsUndeliveredAndTheNextIsHandled() {
        f.host.open(shard(0, 1));
        Envelope far = new Envelope(new ShardKey("talk", 0), "a", 1, 9, null, new byte[] {(byte) 0xff, 1});
        f.host.deliver(far, NEAR);
        f.tell("a", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:2");
        assertThat(f.ports.log).containsExactly("ask 9 of near failed: CODEC_FAILED");
        assertThat(f.ports.events).singleElement().isInstanceOf(ClusterEvent.Undelivered.class);
        assertThat(f.count(Counter.MESSAGES_UNDELIVERED)).isEqualTo(1);
        assertThat(f.count(Counter.MESSAGES_HANDLED)).isEqualTo(1);
    }

    @Test
    void aMessageOfAnotherClassIsUndelivered() {
        f.host.open(shard(0, 1));
        f.host.deliver(new Envelope(new ShardKey("talk", 0), "a", 1, 9, 42, null), NEAR);
        f.executor.runAll();
        assertThat(f.ports.log).containsExactly("ask 9 of near failed: CODEC_FAILED");
        assertThat(f.host.entities()).as("nothing of it stays").isZero();
    }

    @Test
    void aFactoryThatThrowsCostsTheMessageAndTheNextTriesAgain() {
        f.host.open(shard(0, 1));
        EntityFactory<String> working = f.factory;
        f.factory = context -> {
            f.factory = working;
            throw new Exception("no database");
        };
        f.host.deliver(f.ask(0, "a", "1"), NEAR);
        f.tell("a", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:2");
        assertThat(f.ports.log).containsExactly("ask 101 of near failed: FACTORY_FAILED");
        assertThat(f.ports.events).hasSize(2);
        assertThat(f.ports.events.get(0)).isInstanceOf(ClusterEvent.EntityFailed.class);
        assertThat(f.ports.events.get(1)).isInstanceOf(ClusterEvent.Undelivered.class);
        assertThat(f.count(Counter.ENTITIES_FAILED)).isEqualTo(1);
        assertThat(f.count(Counter.MESSAGES_UNDELIVERED)).isEqualTo(1);
        assertThat(f.count(Counter.MESSAGES_HANDLED)).isEqualTo(1);
    }

    @Test
    void aHandlerThatThrowsCostsTheInstanceAndTheNextMessageMeetsAFreshOne() {
        f.host.open(shard(0, 1));
        f.tell("a", "1");
        f.host.deliver(f.ask(0, "a", "fail"), NEAR);
        f.tell("a", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:fail", "a#2:2");
        assertThat(f.ports.log).containsExactly("ask 102 of near failed: HANDLER_FAILED");
        assertThat(f.ports.events).singleElement().isInstanceOf(ClusterEvent.EntityFailed.class);
        assertThat(f.count(Counter.ENTITIES_FAILED)).isEqualTo(1);
        assertThat(f.count(Counter.MESSAGES_HANDLED)).isEqualTo(3);
        assertThat(f.count(Counter.MESSAGES_UNDELIVERED)).isZero();
        assertThat(f.count(Counter.ENTITIES_STARTED) - f.count(Counter.ENTITIES_STOPPED))
                .isEqualTo(1);
    }

    @Test
    void aStackThatOverflowsIsTheHandlersOwnFailure() {
        f.host.open(shard(0, 1));
        f.tell("a", "overflow");
        f.tell("a", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:overflow", "a#2:2");
    }

    @Test
    void aFatalErrorIsNotContainedAndTheShardIsNeverSaidToHaveDrained() {
        f.host.open(shard(0, 1));
        f.tell("a", "die");
        assertThatThrownBy(() -> f.executor.begin()).isInstanceOf(OutOfMemoryError.class);
        f.host.stop(shard(0, 1), StopReason.HAND_OFF, false);
        assertThat(f.ports.log).isEmpty();
        assertThat(f.host.isSilent()).isFalse();
    }

    @Test
    void anInterruptIsForgottenAfterTheMessage() {
        f.host.open(shard(0, 1));
        f.tell("a", "interrupt");
        f.executor.runAll();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void anEntityThatAsksToStopMakesRoomForAFreshOne() {
        f.host.open(shard(0, 1));
        f.tell("a", "stop");
        f.tell("a", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:stop", "a#1:ASKED", "a#2:2");
        f.tell("a", "stop");
        f.executor.runAll();
        assertThat(f.host.entities()).isZero();
        f.tell("a", "3");
        f.executor.runAll();
        assertThat(f.deeds).endsWith("a#2:stop", "a#2:ASKED", "a#3:3");
    }

    @Test
    void aMessageThatComesWhileAnEntityStopsMeetsAFreshOne() {
        f.host.open(shard(0, 1));
        f.tell("a", "stop");
        f.executor.begin();
        f.tell("a", "2");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:stop", "a#1:ASKED", "a#2:2");
    }

    @Test
    void anInstanceThatIsGoneCannotStopItsSuccessor() {
        f.host.open(shard(0, 1));
        f.tell("a", "fail");
        f.tell("a", "2");
        f.executor.runAll();
        f.contexts.get(0).stop();
        f.tell("a", "3");
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:fail", "a#2:2", "a#2:3");
    }

    @Test
    void aStopHookThatThrowsIsReportedAndStopsTheEntityAllTheSame() {
        f.host.open(shard(0, 1));
        f.tell("a", "stop and fail in the hook");
        f.executor.runAll();
        assertThat(f.ports.events).singleElement().isInstanceOf(ClusterEvent.EntityFailed.class);
        assertThat(f.host.entities()).isZero();
    }

    // The right to serve.

    @Test
    void withoutTheRightNothingIsTakenUpUntilTheEntityIsWoken() {
        f.host.open(shard(0, 1));
        f.loseRight();
        f.tell("a", "1");
        f.executor.runAll();
        f.tell("a", "2");
        assertThat(f.executor.waiting())
                .as("a suspended entity is not scheduled")
                .isZero();
        f.gainRight();
        f.host.wake();
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1", "a#1:2");
    }

    @Test
    void workIsTakenUpOnlyIfTheRightLastsAHandlerBudgetLonger() {
        f.host.open(shard(0, 1));
        f.right.extendTo(f.time.now().plusNanos(150_000_000));
        f.tell("a", "1");
        f.executor.runAll();
        assertThat(f.deeds).isEmpty();
    }

    @Test
    void aRightThatReturnsWhileAnEntitySuspendsItselfIsNotMissed() {
        f.host.open(shard(0, 1));
        f.loseRight();
        f.tell("a", "1");
        f.time.beforeRead(2, () -> {
            f.gainRight();
            f.host.wake();
        });
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1");
    }

    @Test
    void aRightThatReturnsWithoutAWakeBeforeTheEntityIsRememberedIsNotMissed() {
        f.host.open(shard(0, 1));
        f.loseRight();
        f.tell("a", "1");
        f.time.beforeRead(2, f::gainRight);
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("a#1:1");
        f.host.wake();
        assertThat(f.executor.waiting()).as("it is forgotten").isZero();
    }

    @Test
    void suspendedEntitiesWakeInTheOrderOfTheirAge() {
        f.host.open(shard(0, 1));
        f.loseRight();
        f.tell("b", "1");
        f.tell("c", "1");
        f.tell("a", "1");
        f.executor.runAll();
        f.host.wake();
        f.executor.runAll();
        f.gainRight();
        f.host.wake();
        f.executor.runAll();
        assertThat(f.deeds).containsExactly("b#1:1", "c#2:1", "a#3:1");
    }

    @Test
    void aHandlerThatOutlastsTheRightIsCountedAndReported() {
        f.host.open(shard(0, 1));
        f.tell("a", "1");
        f.executor.begin();
        f.time.advanceMillis(350);
        f.loseRight();
        f.executor.end();
        assertThat(f.ports.events).containsExactly(new ClusterEvent.HandlerOverrun("talk", "a", 350));
        assertThat(f.count(Counter.HANDLER_OVERRUNS)).isEqualTo(1);
    }

    @Test
    void openingTwiceAndOpeningWhatIsNotHostedAreBugs() {
        f.host.open(shard(0, 1));
        assertThatIllegalStateException().isThrownBy(() -> f.host.open(shard(0, 2)));
        assertThatIllegalStateException().isThrownBy(() -> f.host.open(shard(4, 1)));
    }
}
