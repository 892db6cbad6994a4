package io.shardhold.internal.shard;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.NodeId;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.entity.ReplyTo;
import io.shardhold.internal.protocol.Envelope;
import io.shardhold.internal.protocol.ShardEpoch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Writes down what the host tells its region, in order. One thread. */
final class RecordingPorts implements ShardHost.Ports {
    final List<String> log = new ArrayList<>();
    final List<ClusterEvent> events = new ArrayList<>();

    @Override
    public void onDrained(ShardEpoch shard) {
        log.add("drained " + shard);
    }

    @Override
    public void onLeftOver(Envelope envelope, NodeId sender) {
        log.add("left over " + envelope.entityId() + " " + envelope.sequence() + " of " + sender.name());
    }

    @Override
    public void onAskFailed(NodeId asker, long askId, UndeliveredReason reason, String detail) {
        log.add("ask " + askId + " of " + asker.name() + " failed: " + reason);
    }

    @Override
    public ReplyAddresses replies() {
        return new ReplyAddresses() {
            @Override
            public <R> ReplyTo<R> replyTo(String token) {
                return new Address<>(token);
            }
        };
    }

    record Address<R>(String token) implements ReplyTo<R> {
        @Override
        public void reply(R answer) {}
    }

    @Override
    public <M> EntityRef<M> entityRef(EntityType<M> type, String id) {
        return new Ref<>(type, id);
    }

    record Ref<M>(EntityType<M> type, String id) implements EntityRef<M> {
        @Override
        public void tell(M message) {}

        @Override
        public <R> CompletionStage<R> ask(Function<ReplyTo<R>, ? extends M> message, Duration timeout) {
            return new CompletableFuture<>();
        }
    }

    @Override
    public void publish(ClusterEvent event) {
        events.add(event);
    }
}
