package io.shardhold.testkit;

import io.shardhold.testkit.simulated.SimulatedRung;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each shared scenario in virtual time, from several seeds. */
final class SimulatedScenarioTest {
    private static final int SEEDS = 10;

    static List<Scenario> scenarios() {
        return SharedScenarios.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void sharedScenarioHoldsInVirtualTime(Scenario scenario) {
        scenario.on(SimulatedRung.NAME, getClass()).seeds(1, SEEDS).run(scenario.body());
    }
}
