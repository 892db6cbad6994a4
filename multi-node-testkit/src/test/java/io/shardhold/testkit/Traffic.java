package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import io.shardhold.internal.protocol.DataMessage;
import io.shardhold.internal.protocol.Envelope;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Users of a simulated cluster: every node sends numbered messages to entities, and what the entities take up is checked
 * against what was sent: never twice, never out of order (unless a connection was lost), never under a lower epoch.
 */
final class Traffic {
    sealed interface Note {
        record Numbered(String sender, long number) implements Note {}

        record Sum(ReplyTo<Long> replyTo) implements Note {}
    }

    static final EntityType<Note> NOTES = EntityType.of("notes", Note.class);
    static final int SHARDS = 12;
    static final int ENTITIES = 24;

    private final SimulatedCluster cluster;
    private final Map<String, Long> sent = new TreeMap<>();
    private final Map<String, Long> lastTaken = new HashMap<>();
    private final Map<String, Long> excusedUpTo = new HashMap<>();
    private final Map<String, Long> highestFence = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private long inDoubt;
    private long undelivered;
    private long entered;
    private long lostInCrashes;
    private boolean sending;

    Traffic(SimulatedCluster cluster) {
        this.cluster = cluster;
        cluster.onEvent(this::onEvent);
        cluster.onInDoubt(this::onInDoubt);
    }

    static ShardingSettings.Builder settings(String name, String... seeds) {
        return ShardingSettings.builder("sim").bind(name, 7350).name(name).seeds(seeds);
    }

    /** The entity type as hosted by nodes of this run. */
    EntitySpec<Note> hosted() {
        return EntitySpec.of(NOTES, Notes::new).shards(SHARDS);
    }

    static EntitySpec<Note> routed() {
        return EntitySpec.route(NOTES).shards(SHARDS);
    }

    /** Adds machines that host, the first of them as seeds. */
    void nodes(int count, int seeds) {
        String[] seedList = new String[seeds];
        for (int i = 0; i < seeds; i++) {
            seedList[i] = "n" + (i + 1) + ":7350";
        }
        for (int i = 1; i <= count; i++) {
            cluster.add(settings("n" + i, seedList).entity(hosted()).build());
        }
    }

    void startAll() {
        cluster.nodes().forEach(SimulatedNode::start);
    }

    /** Every running node sends a message to a few entities, again and again. */
    void keepSending(Duration interval) {
        sending = true;
        cluster.after(interval, () -> {
            if (sending) {
                cluster.nodes().stream().filter(SimulatedNode::isRunning).forEach(this::sendSome);
                keepSending(interval);
            }
        });
    }

    void stopSending() {
        sending = false;
    }

    private void sendSome(SimulatedNode node) {
        for (int i = 0; i < 3; i++) {
            send(node, "e" + cluster.network().below(ENTITIES));
        }
    }

    void send(SimulatedNode node, String entity) {
        if (node.isPaused()) {
            return;
        }
        String sender = node.name() + ":" + node.process() + ">" + entity;
        long number = sent.merge(sender, 1L, Long::sum);
        entered++;
        node.entityRef(NOTES, entity).tell(new Note.Numbered(sender, number));
    }

    private void onInDoubt(SimulatedNode node, DataMessage message) {
        if (message instanceof DataMessage.Bounce) {
            inDoubt++;
        } else if (message instanceof Envelope envelope) {
            inDoubt++;
            excuse(node, envelope);
        }
    }

    private void excuse(SimulatedNode node, Envelope envelope) {
        String sender = node.name() + ":" + node.process() + ">" + envelope.entityId();
        excusedUpTo.put(sender, sent.getOrDefault(sender, 0L));
    }

    private void onEvent(SimulatedNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.Undelivered lost) {
            undelivered += lost.count();
        } else if (event instanceof ClusterEvent.EntityFailed failed) {
            throw cluster.failure("entity failed: " + failed.cause());
        }
    }

    long taken() {
        return taken.size();
    }

    long entered() {
        return entered;
    }

    /** Messages neither taken up, nor reported one by one. */
    long missing() {
        return entered - taken.size() - undelivered;
    }

    long inDoubt() {
        return inDoubt;
    }

    void noteCrash() {
        lostInCrashes++;
    }

    /** Whether every message that entered was taken up, reported, or counted in doubt; crashed processes take theirs along. */
    void checkConservation() {
        if (lostInCrashes == 0 && missing() > inDoubt) {
            throw cluster.failure("CONSERVATION: " + entered + " entered, " + taken.size() + " taken up, " + undelivered
                    + " reported, " + inDoubt + " in doubt: " + (missing() - inDoubt) + " lost");
        }
    }

    /** Sends one message from every node to every entity and waits until all are taken up. */
    void checkAllServed(Duration limit) {
        Map<String, Long> wanted = new TreeMap<>();
        for (SimulatedNode node : cluster.nodes()) {
            if (node.isRunning()) {
                for (int i = 0; i < ENTITIES; i++) {
                    send(node, "e" + i);
                    String sender = node.name() + ":" + node.process() + ">e" + i;
                    wanted.put(sender, sent.getOrDefault(sender, 0L));
                }
            }
        }
        try {
            cluster.runUntil("every entity answers every node", limit, () -> {
                wanted.entrySet().removeIf(w -> lastTaken.getOrDefault(w.getKey(), 0L) >= w.getValue());
                return wanted.isEmpty();
            });
        } catch (SimulationFailure e) {
            throw cluster.failure("NOT SERVED: " + wanted);
        }
    }

    List<String> knownSenders() {
        return List.copyOf(sent.keySet());
    }

    /** Notes down what it is sent. */
    private final class Notes implements Entity<Note> {
        private final EntityContext<Note> context;
        private long sum;

        Notes(EntityContext<Note> context) {
            this.context = context;
            highestFence.merge(context.id(), context.fence(), Math::max);
        }

        @Override
        public void onMessage(Note message) {
            if (message instanceof Note.Numbered numbered) {
                take(numbered);
            } else if (message instanceof Note.Sum ask) {
                ask.replyTo().reply(sum);
            }
        }

        private void take(Note.Numbered numbered) {
            sum += numbered.number();
            String sender = numbered.sender();
            if (context.fence() < highestFence.getOrDefault(context.id(), 0L)) {
                throw cluster.failure("ONE_HOME_PER_ENTITY: " + context.id() + " took up a message under fence "
                        + context.fence() + " after " + highestFence.get(context.id()));
            }
            if (!taken.add(sender + "#" + numbered.number())) {
                throw cluster.failure("TWICE: " + numbered);
            }
            long last = lastTaken.getOrDefault(sender, 0L);
            if (numbered.number() < last && numbered.number() > excusedUpTo.getOrDefault(sender, 0L)) {
                throw cluster.failure("ORDER: " + numbered + " taken up after " + last);
            }
            lastTaken.merge(sender, numbered.number(), Math::max);
        }
    }
}
