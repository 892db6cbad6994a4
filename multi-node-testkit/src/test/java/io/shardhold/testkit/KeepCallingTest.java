package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class KeepCallingTest {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final List<CompletableFuture<String>> calls = new ArrayList<>();

    private CompletableFuture<String> call() {
        CompletableFuture<String> call = new CompletableFuture<>();
        calls.add(call);
        return call;
    }

    private CompletableFuture<String> answeredCall() {
        CompletableFuture<String> call = call();
        call.complete("tea");
        return call;
    }

    @Test
    void nextCallComesWhenTheLastIsAnsweredOrHasFailedOrItsProcessHasDied() {
        MultiNodeSpec spec = Specs.of(1, 3, 3);
        TestNode node = spec.node("n3");
        node.keepCalling(INTERVAL, this::call);
        spec.runFor(Duration.ofSeconds(1));
        assertThat(calls).as("the first is open").hasSize(1);
        calls.get(0).complete("tea");
        spec.runFor(Duration.ofSeconds(1));
        assertThat(calls).hasSize(2);
        calls.get(1).completeExceptionally(new IllegalStateException("no tea"));
        spec.runFor(Duration.ofSeconds(1));
        assertThat(calls).hasSize(3);
        node.restart();
        spec.runFor(Duration.ofSeconds(1));
        assertThat(calls).as("the process of the third is gone").hasSize(4);
    }

    @Test
    void nodeThatIsDownOrPausedCallsNothing() {
        MultiNodeSpec spec = Specs.of(1, 3, 3);
        TestNode node = spec.node("n3");
        node.keepCalling(INTERVAL, this::answeredCall);
        spec.runFor(Duration.ofSeconds(1));
        assertThat(calls).hasSizeBetween(9, 10);
        node.pause(Duration.ofSeconds(5));
        int before = calls.size();
        spec.runFor(Duration.ofSeconds(4));
        node.crash();
        spec.runFor(Duration.ofSeconds(4));
        assertThat(calls).hasSize(before);
        node.start();
        spec.runFor(Duration.ofSeconds(1));
        assertThat(calls).hasSizeGreaterThan(before);
    }

    @Test
    void callsEndWithSendingAndBeforeConvergence() {
        MultiNodeSpec spec = Specs.of(1, 3, 3);
        TestNode node = spec.node("n1");
        node.keepCalling(INTERVAL, this::answeredCall);
        spec.runFor(Duration.ofSeconds(1));
        int before = calls.size();
        spec.stopSending();
        spec.runFor(Duration.ofSeconds(1));
        assertThat(calls).hasSize(before);
        node.keepCalling(INTERVAL, this::answeredCall);
        spec.awaitConverged(Duration.ofSeconds(60));
        assertThat(calls).hasSize(before);
    }
}
