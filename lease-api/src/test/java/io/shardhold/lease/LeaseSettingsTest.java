package io.shardhold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeaseSettingsTest {
    private static final LeaseSettings DEFAULTS = LeaseSettings.of("shop", "n1");

    @Test
    void theDefaultsAreThoseOfTheDesign() {
        assertThat(DEFAULTS.ttl()).isEqualTo(Duration.ofSeconds(5));
        assertThat(DEFAULTS.renew()).isEqualTo(Duration.ofMillis(1250));
        assertThat(DEFAULTS.margin()).isEqualTo(Duration.ofMillis(500));
        assertThat(DEFAULTS.poll()).isEqualTo(Duration.ofMillis(500));
        assertThat(DEFAULTS.requestTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(DEFAULTS.leaseWait()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void theTimesForKubernetesAreAccepted() {
        LeaseSettings slower = DEFAULTS.withTtl(Duration.ofSeconds(10))
                .withMargin(Duration.ofSeconds(1))
                .withRenew(Duration.ofMillis(2500));
        assertThat(slower.leaseWait()).isEqualTo(Duration.ofMillis(11_500));
    }

    @Test
    void withersChangeOneThing() {
        LeaseSettings changed = DEFAULTS.withOwner("n2")
                .withPoll(Duration.ofMillis(400))
                .withRequestTimeout(Duration.ofMillis(900))
                .withMargin(Duration.ofMillis(300));
        assertThat(changed)
                .isEqualTo(new LeaseSettings(
                        "shop",
                        "n2",
                        Duration.ofSeconds(5),
                        Duration.ofMillis(1250),
                        Duration.ofMillis(300),
                        Duration.ofMillis(400),
                        Duration.ofMillis(900)));
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceWithNumbersAndRemedy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LeaseSettings(
                        "a b",
                        "n#1",
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(3),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(1)))
                .withMessageContaining("5 problems")
                .withMessageContaining("'a b'")
                .withMessageContaining("'n#1'")
                .withMessageContaining("margin PT0.2S")
                .withMessageContaining("raise it to PT0.25S")
                .withMessageContaining("PT5S is not less than PT4.8S")
                .withMessageContaining("poll PT6S");
    }

    @Test
    void rangesAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withTimes(
                        Duration.ofDays(1),
                        Duration.ZERO,
                        Duration.ofMillis(-1),
                        Duration.ofMillis(1),
                        Duration.ofSeconds(Long.MAX_VALUE)))
                .withMessageContaining("5 problems")
                .withMessageContaining("ttl must be PT0.1S to PT1H, was PT24H")
                .withMessageContaining("renew must be PT0.01S");
    }

    @Test
    void aMarginOfHalfTheTtlIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withTtl(Duration.ofSeconds(10)).withMargin(Duration.ofSeconds(5)))
                .withMessageContaining("less than half");
    }

    @Test
    void aRenewalMustHaveTimeToFailOnce() {
        assertThatCode(() -> DEFAULTS.withRenew(Duration.ofMillis(2499))).doesNotThrowAnyException();
        assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.withRenew(Duration.ofMillis(2500)));
    }

    @Test
    void theLeastMarginIsWhatDriftOnBothSidesNeeds() {
        Random chance = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            long ttlMillis = 1_000L + chance.nextInt(20_000);
            long marginMillis = 1L + chance.nextInt((int) ttlMillis / 5);
            // (ttl + m) / 1.05 >= (ttl - m) / 0.95, in whole numbers.
            boolean safe = (ttlMillis + marginMillis) * 95 >= (ttlMillis - marginMillis) * 105;
            assertThat(isAccepted(ttlMillis, marginMillis))
                    .as("ttl %s ms, margin %s ms", ttlMillis, marginMillis)
                    .isEqualTo(safe);
        }
    }

    private static boolean isAccepted(long ttlMillis, long marginMillis) {
        try {
            DEFAULTS.withTimes(
                    Duration.ofMillis(ttlMillis),
                    Duration.ofMillis(10),
                    Duration.ofMillis(marginMillis),
                    Duration.ofMillis(10),
                    Duration.ofMillis(10));
            return true;
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining("margin");
            return false;
        }
    }
}
