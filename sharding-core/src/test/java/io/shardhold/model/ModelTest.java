package io.shardhold.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The models under {@code docs/model} hold, and each guard in them carries something: without it TLC finds a history that
 * breaks a promise. Not part of {@code mvn verify}; {@code mvn -Pmodel -pl sharding-core test} runs it. What the histories
 * are is told in {@code docs/model/README.md}.
 */
@Tag("model")
final class ModelTest {
    private static final long MODEL_SECONDS = 1200;
    private static final long GUARD_SECONDS = 600;

    /** Two takeovers, and the seats change meanwhile. */
    private static final String SEATS = "Seats";

    private static final String SERVING = "Serving";
    private static final String LEASE = "Lease";
    private static final String FOUNDING = "Founding";
    private static final String MOVES = "Moves";

    /** One takeover by a node that does not write: enough for most guards, and found in seconds. */
    private static final String ONE_TAKEOVER = "Terms=2 MaxChange=2";

    static Stream<Arguments> models() {
        return Stream.of(
                model(SEATS, ""),
                model(SEATS, "SameNumber=TRUE MaxChange=2"),
                model(SEATS, "Terms=2 MaxPlace=2 MaxChange=2 Pages=TRUE"),
                model(SERVING, ""),
                model(SERVING, "EmptyAtFirst={a}"),
                model(LEASE, ""),
                model(FOUNDING, ""),
                model(MOVES, ""));
    }

    static Stream<Arguments> guards() {
        return Stream.of(
                guard(SEATS, "PromiseBinds", ONE_TAKEOVER, "NothingLost"),
                guard(SEATS, "NumberOnce", "SameNumber=TRUE MaxChange=0", "OnePerNumber"),
                guard(SEATS, "ReadQuorum", ONE_TAKEOVER, "NothingLost"),
                guard(SEATS, "WriteQuorum", ONE_TAKEOVER, "NothingLost"),
                guard(SEATS, "QuorumOfSeats", ONE_TAKEOVER, "NothingLost"),
                guard(SEATS, "TermChecked", ONE_TAKEOVER, "NothingLost"),
                guard(SEATS, "NewestConfig", ONE_TAKEOVER, "NothingLost"),
                guard(SEATS, "FilledFirst", ONE_TAKEOVER, "NothingLost"),
                guard(SEATS, "TwoChanges", "MaxChange=1", "NothingLost"),
                guard(SEATS, "QuietFirst", "MaxChange=2", "NothingLost"),
                guard(SERVING, "VerdictEndsConsent", "", "OneHome"),
                guard(SERVING, "ConsentBound", "", "OneHome"),
                guard(SERVING, "WaitAfterVerdict", "", "OneHome"),
                guard(SERVING, "UniqueNumbers", "EmptyAtFirst={a}", "OneHome"),
                guard(LEASE, "Deadline", "", "OneHolder"),
                guard(LEASE, "DeadlineFromSent", "", "OneHolder"),
                guard(LEASE, "WatchInFull", "", "OneHolder"),
                guard(LEASE, "TokenRises", "", "NeverBack"),
                guard(LEASE, "TokenChecked", "", "NeverBack"),
                guard(FOUNDING, "Majority", "Foundings=2", "OneHome"),
                guard(FOUNDING, "LatestAgreement", "Foundings=2", "OneHome"),
                guard(FOUNDING, "IdInConsent", "Foundings=2", "OneHome"),
                guard(FOUNDING, "FounderWaits", "Foundings=2", "OneHome"),
                guard(FOUNDING, "SuccessorWaits", "Foundings=2", "OneHome"),
                guard(MOVES, "EqualEpochRefused", "", "OneHome"),
                guard(MOVES, "LowerEpochRefused", "", "OneHome"),
                guard(MOVES, "StopNoted", "", "OneHome"),
                guard(MOVES, "StopFirst", "", "OneHome"));
    }

    /** Rules that other rules back up, as far as the models reach. If one of these fails, the README is to be changed. */
    static Stream<Arguments> backedUp() {
        return Stream.of(
                guard(SEATS, "OldQuorumToo", "Terms=2 MaxChange=2 MaxPlace=2", ModelChecker.Finding.NONE),
                guard(SEATS, "LearnFirst", "Terms=2 MaxChange=2 MaxPlace=2", ModelChecker.Finding.NONE),
                guard(LEASE, "NeverAgain", "", ModelChecker.Finding.NONE),
                guard(FOUNDING, "GivesUp", "Foundings=2", ModelChecker.Finding.NONE));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("models")
    @DisplayName("the model holds")
    void modelHolds(String module, String constants) throws Exception {
        String run = (module + " " + constants).trim().replaceAll("[^A-Za-z0-9]+", "-");
        ModelChecker.Finding finding = ModelChecker.check(run, module, parse(constants), MODEL_SECONDS);
        assertThat(finding.violated()).as(finding.report()).isEqualTo(ModelChecker.Finding.NONE);
    }

    @ParameterizedTest(name = "{0} without {1}: {3}")
    @MethodSource({"guards", "backedUp"})
    @DisplayName("without a guard")
    void withoutGuard(String module, String guard, String constants, String violated) throws Exception {
        Map<String, String> changed = parse(constants);
        changed.put(guard, "FALSE");
        ModelChecker.Finding finding = ModelChecker.check(module + "-without-" + guard, module, changed, GUARD_SECONDS);
        assertThat(finding.violated()).as(finding.report()).isEqualTo(violated);
    }

    private static Arguments model(String module, String constants) {
        return Arguments.of(module, constants);
    }

    private static Arguments guard(String module, String guard, String constants, String violated) {
        return Arguments.of(module, guard, constants, violated);
    }

    private static Map<String, String> parse(String constants) {
        Map<String, String> parsed = new LinkedHashMap<>();
        for (String constant : constants.isEmpty() ? new String[0] : constants.split(" ", -1)) {
            String[] parts = constant.split("=", 2);
            parsed.put(parts[0], parts[1]);
        }
        return parsed;
    }
}
