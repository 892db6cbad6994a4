package io.shardhold.testkit;

import io.shardhold.config.EntitySpec;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageCodec;
import io.shardhold.entity.ReplyAddresses;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** The built-in users of a test without entities of its own: every running node sends numbers to entities at random. */
final class Workload {
    /** A number, on its way to an entity that counts what it gets. */
    record Tally(long number) {}

    static final int SHARDS = 16;
    private static final int ENTITIES = 48;

    static final EntityType<Tally> TALLIES = EntityType.of("tallies", Tally.class, new TallyCodec());

    private final MultiNodeSpec spec;
    private final RandomGenerator random;
    private long sent;
    private boolean sending;
    private int runs;

    Workload(MultiNodeSpec spec, List<EntitySpec<?>> entities) {
        if (!entities.isEmpty()) {
            throw new IllegalStateException(
                    "keepSending is for the built-in entities, which a test without entities of its"
                            + " own has; call your own with node(…).keepCalling(…)");
        }
        this.spec = spec;
        this.random = spec.random();
    }

    /** The entity type for one run; what its entities count goes to the spec. */
    static EntitySpec<Tally> entity(Runnable onHandled) {
        return EntitySpec.of(TALLIES, context -> message -> onHandled.run()).shards(SHARDS);
    }

    void start(Duration interval) {
        stop();
        sending = true;
        repeat(interval, ++runs);
    }

    private void repeat(Duration interval, int run) {
        spec.after(interval, () -> {
            if (sending && run == runs) {
                spec.nodes().forEach(this::send);
                repeat(interval, run);
            }
        });
    }

    private void send(TestNode node) {
        if (node.isRunning() && !node.isPaused()) {
            String entity = "t" + random.nextInt(ENTITIES);
            try {
                node.entityRef(TALLIES, entity).tell(new Tally(++sent));
            } catch (IllegalStateException closed) {
                if (node.isRunning()) {
                    throw closed;
                }
                // It has left in this instant: where time is real, nodes do not wait for the test.
            }
        }
    }

    void stop() {
        sending = false;
    }

    /** Eight bytes: so that long runs are not spent in a general codec. */
    private static final class TallyCodec implements MessageCodec<Tally> {
        @Override
        public byte[] encode(Tally message) {
            return ByteBuffer.allocate(Long.BYTES).putLong(message.number()).array();
        }

        @Override
        public Tally decode(byte[] bytes, ReplyAddresses replies) {
            return new Tally(ByteBuffer.wrap(bytes).getLong());
        }

        @Override
        public byte[] encodeReply(Object answer) {
            throw new UnsupportedOperationException("tallies are not asked");
        }

        @Override
        public Object decodeReply(byte[] bytes, Tally request) {
            throw new UnsupportedOperationException("tallies are not asked");
        }
    }
}
