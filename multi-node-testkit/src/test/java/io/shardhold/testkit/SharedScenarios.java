package io.shardhold.testkit;

import java.util.List;
import java.util.stream.Stream;

/** What holds on every rung: the same bodies run in virtual time and over real sockets. */
final class SharedScenarios {
    /** A part of the name of those that are run; all, if it is not set. */
    static final String ONLY = "shardhold.scenario";

    private SharedScenarios() {}

    static List<Scenario> all() {
        return Stream.of(
                        ChangeScenarios.all(),
                        CrashScenarios.all(),
                        NetworkScenarios.all(),
                        HistoryScenarios.all(),
                        LeaseScenarios.all())
                .flatMap(List::stream)
                .filter(scenario -> scenario.name().contains(System.getProperty(ONLY, "")))
                .toList();
    }
}
