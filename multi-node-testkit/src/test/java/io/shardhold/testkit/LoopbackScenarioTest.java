package io.shardhold.testkit;

import io.shardhold.testkit.loopback.LoopbackRung;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each shared scenario over real sockets, several at the same time, because they mostly wait. */
final class LoopbackScenarioTest {
    static List<Scenario> scenarios() {
        return SharedScenarios.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    @Execution(ExecutionMode.CONCURRENT)
    void sharedScenarioHoldsOverRealSockets(Scenario scenario) {
        scenario.on(LoopbackRung.NAME, getClass()).run(scenario.body());
    }
}
