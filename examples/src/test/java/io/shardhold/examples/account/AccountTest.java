package io.shardhold.examples.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.config.EntitySpec;
import io.shardhold.entity.EntityFactory;
import io.shardhold.entity.EntityRef;
import io.shardhold.testkit.FaultProfile;
import io.shardhold.testkit.MultiNodeFailure;
import io.shardhold.testkit.MultiNodeRun;
import io.shardhold.testkit.MultiNodeSpec;
import io.shardhold.testkit.MultiNodeTest;
import io.shardhold.testkit.TestNode;
import io.shardhold.testkit.fault.Handling;
import io.shardhold.testkit.history.CounterOp;
import io.shardhold.testkit.history.History;
import io.shardhold.testkit.history.Models;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Do deposits survive when a node is cut off with a handler at work? Yes, if the account shows its fence. */
final class AccountTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String ID = "a-1";

    /** The calls of this test, to be compared with a counter. */
    private static final class Bank {
        private final MultiNodeSpec spec;
        private final History<CounterOp, Long> history;

        Bank(MultiNodeSpec spec) {
            this.spec = spec;
            this.history = new History<>(spec::elapsed);
        }

        CompletionStage<Long> deposit(String node, String id, long amount) {
            EntityRef<Account> account = spec.node(node).entityRef(Account.TYPE, id);
            return history.record(
                    node,
                    id,
                    new CounterOp.Add(amount),
                    () -> account.<Long>ask(to -> new Account.Deposit(amount, to), PATIENCE));
        }

        CompletionStage<Long> balance(String node, String id) {
            EntityRef<Account> account = spec.node(node).entityRef(Account.TYPE, id);
            return history.record(node, id, new CounterOp.Get(), () -> account.ask(Account.Balance::new, PATIENCE));
        }
    }

    /** A node is cut off while a handler is at work there; the account moves, and in the end it moves once more. */
    private static void cutOffAtWork(MultiNodeSpec spec, EntityFactory<Account> factory) {
        spec.entity(EntitySpec.of(Account.TYPE, factory).shards(1));
        Bank bank = new Bank(spec);
        bank.deposit("n1", ID, 10);
        spec.runFor(Duration.ofSeconds(5));
        TestNode first = home(spec);
        TestNode other =
                spec.nodes().stream().filter(node -> node != first).findFirst().orElseThrow();
        first.handling(Handling.between(Duration.ofSeconds(12), Duration.ofSeconds(20)));
        bank.deposit(other.name(), ID, 20);
        spec.runFor(Duration.ofMillis(100));
        spec.isolate(first.name());
        spec.runFor(Duration.ofSeconds(9));
        bank.deposit(other.name(), ID, 7);
        spec.runFor(Duration.ofSeconds(15));
        spec.healAll();
        spec.awaitConverged(Duration.ofSeconds(60));
        home(spec).restart();
        spec.awaitConverged(Duration.ofSeconds(60));
        bank.balance(other.name(), ID);
        spec.runFor(Duration.ofSeconds(15));
        assertThat(bank.history.answered()).as("calls that were answered").isGreaterThanOrEqualTo(2);
        bank.history.check(Models.counter());
    }

    private static TestNode home(MultiNodeSpec spec) {
        return spec.nodes().stream()
                .filter(node -> !node.homes().isEmpty())
                .findFirst()
                .orElseThrow();
    }

    @MultiNodeTest(nodes = 3, seeds = 30)
    void accountWithItsFenceKeepsEveryDeposit(MultiNodeSpec spec) {
        AccountRows rows = new AccountRows();
        cutOffAtWork(spec, context -> new FencedAccount(context, rows));
    }

    @MultiNodeTest(nodes = 5, seeds = 10)
    void accountWithItsFenceKeepsEveryDepositUnderRoughFaults(MultiNodeSpec spec) {
        AccountRows rows = new AccountRows();
        spec.entity(EntitySpec.of(Account.TYPE, context -> new FencedAccount(context, rows))
                .shards(4));
        Bank bank = new Bank(spec);
        spec.start();
        spec.faults(FaultProfile.ROUGH);
        for (int round = 0; round < 60; round++) {
            for (TestNode node : spec.nodes()) {
                if (node.isRunning() && !node.isPaused()) {
                    bank.deposit(
                            node.name(),
                            "a-" + spec.random().nextInt(6),
                            1 + spec.random().nextInt(9));
                }
            }
            spec.runFor(Duration.ofSeconds(1));
        }
        spec.awaitConverged(Duration.ofMinutes(2));
        assertThat(bank.history.answered()).isGreaterThan(50);
        bank.history.check(Models.counter());
    }

    /** The bug is planted; what this asserts is that the kit finds it, and says what happened. */
    @Test
    void accountWithoutItsFenceIsFound() {
        assertThatThrownBy(() -> MultiNodeRun.nodes(3).seeds(1, 30).run(spec -> {
                    AccountRows rows = new AccountRows();
                    cutOffAtWork(spec, context -> new UnfencedAccount(context, rows));
                }))
                .isInstanceOf(MultiNodeFailure.class)
                .hasMessageContaining("entity 'a-1' does not behave like a counter")
                .hasMessageContaining("add(7) → 17")
                .hasMessageContaining("get() → 30")
                .hasMessageContaining("no order explains this answer")
                .hasMessageContaining("what had happened to 'a-1' by then:")
                .hasMessageMatching("(?s).* takes up [^\\n]* as home of shard account/0 with fence [0-9]+\n.*")
                .hasMessageMatching("(?s).* takes up a message whose handler runs until [0-9.]+ s, when the right .*")
                .hasMessageContaining("replay exactly this run with:");
    }
}
