package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.entity.AskFailedException;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.entity.ReplyTo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DepositSenderTest {
    private static final DepositRow FIRST = new DepositRow("d1", "a", 1);
    private static final DepositRow SECOND = new DepositRow("d2", "a", 2);
    private static final DepositRow OTHER = new DepositRow("d3", "b", 3);

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Report.Progress> progress = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> broken = new LinkedBlockingQueue<>();
    private final List<DepositSender> senders = new ArrayList<>();

    @AfterEach
    void close() {
        senders.forEach(DepositSender::close);
    }

    private DepositSender sender(DepositRow... rows) {
        DepositSender sender = new DepositSender(List.of(rows), FakeAccount::new, progress::add, broken::add);
        senders.add(sender);
        return sender;
    }

    private Report.Progress awaitAcknowledged(long count) throws InterruptedException {
        Report.Progress now = progress.take();
        while (now.acknowledged() < count) {
            now = progress.take();
        }
        return now;
    }

    @Test
    void nothingIsSentBeforeItIsAllowed() throws Exception {
        DepositSender sender = sender(FIRST, OTHER);
        sender.allow(1);
        asked.take().acknowledge();
        awaitAcknowledged(1);
        assertThat(asked).isEmpty();

        sender.allow(2);
        asked.take().acknowledge();
        awaitAcknowledged(2);
    }

    @Test
    void anAccountGetsItsDepositsOneAfterTheOther() throws Exception {
        sender(FIRST, SECOND, OTHER).allow(3);
        Asked first = asked.take();
        Asked other = asked.take();
        assertThat(first.deposit().id()).isEqualTo("d1");
        assertThat(other.account()).isEqualTo("b");
        assertThat(asked).isEmpty();

        first.acknowledge();
        assertThat(asked.take().deposit().id()).isEqualTo("d2");
    }

    @Test
    void aFailedAskIsRepeatedUntilItsReceiptComes() throws Exception {
        sender(FIRST).allow(1);
        asked.take().fail();
        asked.take().fail();
        Asked last = asked.take();
        assertThat(last.deposit().id()).isEqualTo("d1");
        assertThat(last.deposit().amountCents()).isEqualTo(1);
        last.acknowledge();

        Report.Progress end = awaitAcknowledged(1);
        assertThat(end.retries()).isEqualTo(2);
        assertThat(end.lastFailure()).isEqualTo("no answer");
        assertThat(end.waitingMillis()).isZero();
        assertThat(end.longestMillis()).isPositive();
    }

    @Test
    void anAccountThatDoesNotAnswerHoldsUpNoOther() throws Exception {
        sender(FIRST, SECOND, OTHER).allow(3);
        Asked silent = asked.take();
        asked.take().acknowledge();

        assertThat(awaitAcknowledged(1).acknowledged()).isEqualTo(1);
        assertThat(silent.account()).isEqualTo("a");
        assertThat(asked).isEmpty();
    }

    @Test
    void whatNoRepetitionCuresIsToldOnce() throws Exception {
        DepositSender sender = new DepositSender(List.of(FIRST), id -> new ClosedAccount(), progress::add, broken::add);
        senders.add(sender);
        sender.allow(1);

        assertThat(broken.take()).isInstanceOf(IllegalStateException.class).hasMessage("closed");
    }

    /** An ask that waits for its answer from the test. */
    private record Asked(String account, Deposit deposit, CompletableFuture<Object> answer) {
        void acknowledge() {
            answer.complete(new Deposit.Receipt(deposit.amountCents(), false));
        }

        void fail() {
            answer.completeExceptionally(new AskFailedException(UndeliveredReason.TIMED_OUT, "no answer"));
        }
    }

    private record NoAddress<R>() implements ReplyTo<R> {
        @Override
        public void reply(R answer) {}

        @Override
        public String token() {
            return "none";
        }
    }

    private final class FakeAccount implements EntityRef<Deposit> {
        private final String id;

        FakeAccount(String id) {
            this.id = id;
        }

        @Override
        public EntityType<Deposit> type() {
            return AccountEntity.TYPE;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public void tell(Deposit message) {}

        @Override
        @SuppressWarnings("unchecked") // the test answers with receipts
        public <R> CompletionStage<R> ask(Function<ReplyTo<R>, ? extends Deposit> message, Duration timeout) {
            CompletableFuture<Object> answer = new CompletableFuture<>();
            asked.add(new Asked(id, message.apply(new NoAddress<>()), answer));
            return (CompletionStage<R>) answer;
        }
    }

    private static final class ClosedAccount implements EntityRef<Deposit> {
        @Override
        public EntityType<Deposit> type() {
            return AccountEntity.TYPE;
        }

        @Override
        public String id() {
            return "a";
        }

        @Override
        public void tell(Deposit message) {}

        @Override
        public <R> CompletionStage<R> ask(Function<ReplyTo<R>, ? extends Deposit> message, Duration timeout) {
            throw new IllegalStateException("closed");
        }
    }
}
