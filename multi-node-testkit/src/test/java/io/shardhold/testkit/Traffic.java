package io.shardhold.testkit;

import io.shardhold.config.EntitySpec;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;

/** The messages that tests of the library send, and an entity that takes them. */
final class Traffic {
    sealed interface Note {
        record Numbered(String sender, long number) implements Note {}

        record Sum(ReplyTo<Long> replyTo) implements Note {}
    }

    static final EntityType<Note> NOTES = EntityType.of("notes", Note.class);

    private Traffic() {}

    static EntitySpec<Note> hosted(int shards) {
        return EntitySpec.of(NOTES, context -> new Adder()).shards(shards);
    }

    static EntitySpec<Note> routed(int shards) {
        return EntitySpec.route(NOTES).shards(shards);
    }

    static void send(TestNode node, String entity, long number) {
        node.entityRef(NOTES, entity).tell(new Note.Numbered(node.name(), number));
    }

    /** Adds up what it gets. */
    private static final class Adder implements Entity<Note> {
        private long sum;

        @Override
        public void onMessage(Note message) {
            if (message instanceof Note.Numbered numbered) {
                sum += numbered.number();
            } else if (message instanceof Note.Sum ask) {
                ask.replyTo().reply(sum);
            }
        }
    }
}
