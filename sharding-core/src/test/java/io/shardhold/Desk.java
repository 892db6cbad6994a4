package io.shardhold;

import io.shardhold.entity.Entity;
import io.shardhold.entity.EntityContext;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.MessageCodec;
import io.shardhold.entity.ReplyAddresses;
import io.shardhold.entity.ReplyTo;
import java.util.concurrent.CountDownLatch;

/** An entity that does what a test asks for, good or bad; each instance counts what it was asked. */
final class Desk implements Entity<Desk.Request> {
    sealed interface Request {
        /** Answered with "node id count". */
        record Count(ReplyTo<String> replyTo) implements Request {}

        /** Answered with the same text. */
        record Echo(String text, ReplyTo<String> replyTo) implements Request {}

        record Note(String text) implements Request {}

        /** Answered with a text of so many bytes. */
        record Fill(int bytes, ReplyTo<String> replyTo) implements Request {}

        record AnswerNull(ReplyTo<String> replyTo) implements Request {}

        /** Never answered. */
        record Silence(ReplyTo<String> replyTo) implements Request {}

        record Throw(String what, ReplyTo<String> replyTo) implements Request {}

        /** Holds its thread until the test opens {@link Desk#door}. */
        record Hold() implements Request {}
    }

    /** What {@link Request.Hold} waits for. */
    static volatile CountDownLatch door = new CountDownLatch(0);

    /** Counted down by {@link Request.Hold} when it begins. */
    static volatile CountDownLatch held = new CountDownLatch(0);

    private static final MessageCodec<Request> CBOR =
            EntityType.of("cbor", Request.class).codec();

    static final EntityType<Request> TYPE = EntityType.of("desk", Request.class, new TroubledCodec());

    private final EntityContext<Request> context;
    private final String node;
    private int count;

    private Desk(EntityContext<Request> context, String node) {
        this.context = context;
        this.node = node;
    }

    /** Makes a desk, unless its id asks for trouble. */
    static Entity<Request> open(EntityContext<Request> context, String node) {
        if (context.id().startsWith("unmakeable")) {
            throw new IllegalStateException("no desk for " + context.id());
        }
        if (context.id().startsWith("unlinkable")) {
            throw new NoClassDefFoundError("no/such/Desk");
        }
        return new Desk(context, node);
    }

    @Override
    public void onMessage(Request request) throws Exception {
        count++;
        if (request instanceof Request.Count ask) {
            ask.replyTo().reply(node + " " + context.id() + " " + count);
        } else if (request instanceof Request.Echo ask) {
            ask.replyTo().reply(ask.text());
        } else if (request instanceof Request.Fill ask) {
            ask.replyTo().reply("x".repeat(ask.bytes()));
        } else if (request instanceof Request.AnswerNull ask) {
            answerNull(ask.replyTo());
        } else if (request instanceof Request.Throw ask) {
            if (ask.what().equals("error")) {
                throw new StackOverflowError("of the handler");
            }
            throw new IllegalArgumentException("cannot handle '" + ask.what() + "'");
        } else if (request instanceof Request.Hold) {
            held.countDown();
            door.await();
        }
    }

    @SuppressWarnings("NullAway") // the mistake that is tested
    private static void answerNull(ReplyTo<String> replyTo) {
        replyTo.reply(null);
    }

    /** Throws at the text that names the step: "encode", "decode", "answer" or "read". */
    private static final class TroubledCodec implements MessageCodec<Request> {
        private static void stumble(Object at, String step) {
            if (at.equals(step)) {
                throw new IllegalStateException("the codec stumbles over '" + step + "'");
            }
            if (at.equals(step + " error")) {
                throw new NoClassDefFoundError("no/such/Codec/" + step);
            }
        }

        private static Object textOf(Request request) {
            return request instanceof Request.Echo echo ? echo.text() : "";
        }

        @Override
        public byte[] encode(Request message) throws Exception {
            stumble(textOf(message), "encode");
            return CBOR.encode(message);
        }

        @Override
        public Request decode(byte[] bytes, ReplyAddresses replies) throws Exception {
            Request message = CBOR.decode(bytes, replies);
            stumble(textOf(message), "decode");
            return message;
        }

        @Override
        public byte[] encodeReply(Object answer) throws Exception {
            stumble(answer, "answer");
            return CBOR.encodeReply(answer);
        }

        @Override
        @SuppressWarnings("NullAway")
        public Object decodeReply(byte[] bytes, Request request) throws Exception {
            Object answer = CBOR.decodeReply(bytes, request);
            stumble(answer, "read");
            return answer.equals("read null") ? null : answer;
        }
    }
}
