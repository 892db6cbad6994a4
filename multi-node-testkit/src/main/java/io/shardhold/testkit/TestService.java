package io.shardhold.testkit;

import io.shardhold.internal.kernel.SeededChance;
import io.shardhold.testkit.fault.LinkRule;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Something outside of the cluster that nodes call: a database, a lease store. A call takes time on its way there and back,
 * and may be lost on either: a request that was carried out and whose answer does not arrive looks to its caller like one that
 * never arrived. Only where time is virtual; test's thread only.
 *
 * <pre>{@code
 * TestService<String, Long> sequence = spec.service("sequence", name -> numbers.merge(name, 1L, Long::sum));
 * spec.node("n1").entity(EntitySpec.of(CART, context -> new CartEntity(sequence.from("n1"))));
 * sequence.answers("n1", LinkRule.CLEAR.loss(0.5));
 * }</pre>
 *
 * @param <Q> requests
 * @param <A> answers
 */
public final class TestService<Q, A> {
    private static final int MILLION = 1_000_000;

    private final MultiNodeSpec spec;
    private final String name;
    private final Function<Q, A> handler;
    private final SeededChance chance;
    private final Map<String, LinkRule> requests = new TreeMap<>();
    private final Map<String, LinkRule> answers = new TreeMap<>();
    private boolean down;
    private long carriedOut;

    TestService(MultiNodeSpec spec, String name, Function<Q, A> handler, SeededChance chance) {
        this.spec = spec;
        this.name = name;
        this.handler = handler;
        this.chance = chance;
    }

    /** How a node calls the service; what is lost never completes, as with a real one without a timeout. */
    public Function<Q, CompletionStage<A>> from(String node) {
        TestNode caller = spec.node(node);
        return request -> call(caller, request);
    }

    private CompletionStage<A> call(TestNode caller, Q request) {
        CompletableFuture<A> answered = new VirtualFuture<>();
        int process = caller.process();
        LinkRule there = requests.getOrDefault(caller.name(), LinkRule.CLEAR);
        if (!down && passes(there)) {
            spec.after(latency(there), () -> {
                if (!down) {
                    carriedOut++;
                    answer(caller, process, handler.apply(request), answered);
                }
            });
        }
        return answered;
    }

    private boolean passes(LinkRule rule) {
        return !rule.cut() && chance.below(MILLION) >= rule.loss() * MILLION;
    }

    private Duration latency(LinkRule rule) {
        return rule.shortest()
                .plusNanos(chance.below(rule.longest().minus(rule.shortest()).toNanos() + 1));
    }

    private void answer(TestNode caller, int process, A answer, CompletableFuture<A> answered) {
        LinkRule back = answers.getOrDefault(caller.name(), LinkRule.CLEAR);
        if (passes(back)) {
            spec.after(latency(back), () -> deliver(caller, process, answer, answered));
        }
    }

    /** A process that has died gets nothing; one that is paused gets it when it wakes. */
    private void deliver(TestNode caller, int process, A answer, CompletableFuture<A> answered) {
        if (caller.isPaused()) {
            spec.after(Duration.ofMillis(1), () -> deliver(caller, process, answer, answered));
        } else if (caller.isRunning() && caller.process() == process) {
            answered.complete(answer);
        }
    }

    /** Sets how requests of a node treat the way there: cut, loss and delay count. */
    public void requests(String node, LinkRule rule) {
        spec.note(name + ": requests of " + node + " " + rule);
        requests.put(spec.node(node).name(), rule);
    }

    /** Sets how answers to a node treat the way back: cut, loss and delay count. */
    public void answers(String node, LinkRule rule) {
        spec.note(name + ": answers to " + node + " " + rule);
        answers.put(spec.node(node).name(), rule);
    }

    /** Stops the service: what arrives is lost. */
    public void down() {
        spec.note(name + " is down");
        down = true;
    }

    /** Ends all faults of this service. */
    public void heal() {
        spec.note(name + " is healed");
        down = false;
        requests.clear();
        answers.clear();
    }

    /** Requests that were carried out, whether their answers arrived or not. */
    public long carriedOut() {
        return carriedOut;
    }
}
