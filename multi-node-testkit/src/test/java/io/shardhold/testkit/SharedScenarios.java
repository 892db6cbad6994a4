package io.shardhold.testkit;

import java.util.List;
import java.util.stream.Stream;

/** What holds on every rung: the same bodies run in virtual time and over real sockets. */
final class SharedScenarios {
    private SharedScenarios() {}

    static List<Scenario> all() {
        return Stream.of(ChangeScenarios.all(), CrashScenarios.all(), NetworkScenarios.all())
                .flatMap(List::stream)
                .toList();
    }
}
