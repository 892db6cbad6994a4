package io.shardhold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardhold.testkit.fault.LinkRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service outside of the cluster: what of a call can go wrong. */
final class TestServiceTest {
    private final MultiNodeSpec spec = Specs.of(1, 3, 3);
    private final TestService<String, Integer> service = spec.service("lengths", String::length);
    private final List<Integer> answers = new ArrayList<>();

    private void call(String node) {
        service.from(node).apply("tea").thenAccept(answers::add);
        spec.runFor(Duration.ofSeconds(1));
    }

    @Test
    void callIsCarriedOutAndAnsweredInVirtualTime() {
        spec.start();
        Duration before = spec.elapsed();
        List<Duration> answered = new ArrayList<>();
        service.from("n1").apply("tea").thenAccept(length -> answered.add(spec.elapsed()));
        assertThat(answered).isEmpty();
        spec.runFor(Duration.ofSeconds(1));
        assertThat(answered.get(0).minus(before)).isBetween(Duration.ofNanos(400_000), Duration.ofMillis(4));
    }

    @Test
    void lostRequestIsNotCarriedOutAndLostAnswerIs() {
        spec.start();
        service.requests("n1", LinkRule.CLEAR.cut(true));
        call("n1");
        assertThat(service.carriedOut()).isZero();
        service.heal();
        service.answers("n1", LinkRule.CLEAR.loss(1));
        call("n1");
        assertThat(service.carriedOut()).isEqualTo(1);
        assertThat(answers).isEmpty();
        call("n2");
        assertThat(answers).as("the rule is of n1").containsExactly(3);
        spec.healAll();
        call("n1");
        assertThat(answers).containsExactly(3, 3);
    }

    @Test
    void serviceThatIsDownLosesEverything() {
        spec.start();
        service.down();
        call("n1");
        assertThat(service.carriedOut()).isZero();
        assertThat(answers).isEmpty();
    }

    @Test
    void slowAnswerMissesAProcessThatHasDiedAndWaitsForOneThatIsPaused() {
        spec.start();
        service.answers("n1", LinkRule.CLEAR.delay(Duration.ofSeconds(2), Duration.ofSeconds(2)));
        call("n1");
        spec.node("n1").restart();
        spec.runFor(Duration.ofSeconds(5));
        assertThat(answers).as("it was for the process before").isEmpty();
        service.from("n1").apply("tea").thenAccept(answers::add);
        spec.node("n1").pause(Duration.ofSeconds(4));
        spec.runFor(Duration.ofMillis(3_900));
        assertThat(answers).isEmpty();
        spec.runFor(Duration.ofMillis(200));
        assertThat(answers).containsExactly(3);
    }

    @Test
    void rungOfRealTimeHasNoServices() {
        assertThatThrownBy(() -> MultiNodeRun.nodes(1).rung("loopback").run(loopback -> loopback.service("db", q -> q)))
                .hasMessageContaining("the rung 'loopback' has no simulated services such as 'db'");
    }
}
