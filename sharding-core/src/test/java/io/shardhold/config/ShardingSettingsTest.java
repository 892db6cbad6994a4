package io.shardhold.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.shardhold.cluster.ClusterEvent;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.node.FakeLease;
import io.shardhold.lease.LeaseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ShardingSettingsTest {
    record Add(String sku, int count) {}

    private static final EntityType<Add> CART = EntityType.of("cart", Add.class);

    private static ShardingSettings.Builder shop() {
        return ShardingSettings.builder("shop")
                .bind("10.0.0.1", 7350)
                .seeds("10.0.0.1:7350", "10.0.0.2:7350", "10.0.0.3:7350");
    }

    private static List<String> problems(ShardingSettings.Builder builder) {
        InvalidSettingsException refused = catchThrowableOfType(InvalidSettingsException.class, builder::build);
        assertThat(refused).as("the settings should have been refused").isNotNull();
        return refused.problems();
    }

    private static void assertRefused(ShardingSettings.Builder builder, String... parts) {
        assertThat(problems(builder)).singleElement().asString().contains(parts);
    }

    private static void assertTimingsRefused(UnaryOperator<Mix> change, String... parts) {
        assertRefused(shop().timings(change.apply(Mix.defaults()).timings()), parts);
    }

    @Test
    void defaultsAreAccepted() {
        ShardingSettings settings = shop().entity(EntitySpec.route(CART)).build();

        assertThat(settings.clusterName()).isEqualTo("shop");
        assertThat(settings.bindHost()).isEqualTo("10.0.0.1");
        assertThat(settings.bindPort()).isEqualTo(7350);
        assertThat(settings.address()).isEqualTo("10.0.0.1:7350");
        assertThat(settings.name()).isEqualTo("10.0.0.1:7350");
        assertThat(settings.seeds()).containsExactly("10.0.0.1:7350", "10.0.0.2:7350", "10.0.0.3:7350");
        assertThat(settings.entities()).hasSize(1);
        assertThat(settings.roles()).isEmpty();
        assertThat(settings.zone()).isEmpty();
        assertThat(settings.weight()).isEqualTo(100);
        assertThat(settings.version()).isEmpty();
        assertThat(settings.timings()).isEqualTo(Timings.DEFAULT);
        assertThat(settings.limits()).isEqualTo(Limits.DEFAULT);
        assertThat(settings.listeners()).isEmpty();
        assertThat(settings.workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings).asString().contains("shop", "10.0.0.1:7350", "cart");
    }

    @Test
    void everythingGivenIsKept() {
        List<ClusterEvent> events = new ArrayList<>();
        ShardingSettings settings = shop().bind("0.0.0.0", 7351)
                .advertise("Shop-1.Example", 443)
                .name("n1")
                .roles("web", "batch")
                .zone("a")
                .weight(200)
                .version("1.4")
                .onEvent(events::add)
                .workers(3)
                .build();

        assertThat(settings.bindHost()).isEqualTo("0.0.0.0");
        assertThat(settings.bindPort()).isEqualTo(7351);
        assertThat(settings.advertisedHost()).isEqualTo("shop-1.example");
        assertThat(settings.advertisedPort()).isEqualTo(443);
        assertThat(settings.name()).isEqualTo("n1");
        assertThat(settings.roles()).containsExactly("batch", "web");
        assertThat(settings.zone()).isEqualTo("a");
        assertThat(settings.weight()).isEqualTo(200);
        assertThat(settings.version()).isEqualTo("1.4");
        assertThat(settings.listeners()).hasSize(1);
        assertThat(settings.workers()).isEqualTo(3);
    }

    @Test
    void aNodeIsASeedIfItsAdvertisedAddressIsListed() {
        assertThat(shop().build().isSeed()).isTrue();
        assertThat(shop().bind("10.0.0.4", 7350).build().isSeed()).isFalse();
        assertThat(shop().bind("0.0.0.0", 1).advertise("10.0.0.2", 7350).build().isSeed())
                .isTrue();
        assertThat(ShardingSettings.builder("shop")
                        .bind("[::1]", 7350)
                        .seeds("[::1]:07350")
                        .build()
                        .isSeed())
                .isTrue();
        assertThat(ShardingSettings.builder("shop")
                        .bind("Host", 7350)
                        .seeds("hOST:7350")
                        .build()
                        .isSeed())
                .isTrue();
    }

    @Test
    void boundsAreTheTwoSums() {
        assertThat(shop().build().describeBounds())
                .isEqualTo(
                        "takeover bound: a member dies: detection 3 s + stable 2 s + consent 2 s + margin 0.4 s = 7.4 s;"
                                + " the coordinator dies: detection 3 s + stable 2 s + promise round + consent 2 s + margin 0.4 s"
                                + " = 7.4 s + promise round");
    }

    @Test
    void boundsWithALeaseSpellOutItsWait() {
        LeaseSettings lease = LeaseSettings.of("shop", "n1");
        ShardingSettings settings = shop().lease(new FakeLease(lease)).build();

        assertThat(settings.describeBounds())
                .isEqualTo(
                        "takeover bound: a member dies: detection 3 s + stable 2 s + consent 2 s + margin 0.4 s = 7.4 s;"
                                + " the coordinator dies: detection 3 s + max(stable 2 s,"
                                + " lease wait 6 s = ttl 5 s + margin 0.5 s + poll 0.5 s)"
                                + " + promise round + consent 2 s + margin 0.4 s = 11.4 s + promise round");
        assertThat(settings.coordinatorBound()).isEqualTo(Duration.ofMillis(11_400));
        assertThat(settings.lease()).isPresent();
    }

    @Test
    void leaseThatIsFreeBeforeATroubleLastsCostsNothing() {
        LeaseSettings quick = LeaseSettings.of("shop", "n1")
                .withTimes(
                        Duration.ofMillis(1_000),
                        Duration.ofMillis(250),
                        Duration.ofMillis(100),
                        Duration.ofMillis(100),
                        Duration.ofMillis(200));
        ShardingSettings settings = shop().lease(new FakeLease(quick)).build();

        assertThat(settings.coordinatorBound()).isEqualTo(shop().build().coordinatorBound());
        assertThat(settings.describeBounds())
                .contains("max(stable 2 s, lease wait 1.2 s = ttl 1 s + margin 0.1 s + poll 0.1 s)")
                .endsWith("= 7.4 s + promise round");
    }

    @Test
    void allProblemsAreNamedAtOnce() {
        InvalidSettingsException refused = catchThrowableOfType(
                InvalidSettingsException.class,
                () -> ShardingSettings.builder("My Shop")
                        .bind("10.0.0.1", 70_000)
                        .seeds("a:1", "b")
                        .weight(0)
                        .build());

        assertThat(refused.problems()).hasSize(5);
        assertThat(refused).hasMessageStartingWith("settings refused, 5 problems:\n  - ");
        refused.problems().forEach(problem -> assertThat(refused).hasMessageContaining(problem));
    }

    @Test
    void clusterNameMustFitItsPattern() {
        ShardingSettings.Builder builder =
                ShardingSettings.builder("My Shop").bind("a", 1).seeds("a:1");
        assertRefused(builder, "cluster name", "'My Shop'", "a-z, 0-9");
    }

    @Test
    void listeningNeedsAnAddress() {
        assertRefused(ShardingSettings.builder("shop").seeds("a:1"), "bind(host, port)");
    }

    @Test
    void portZeroIsRefusedWithItsReason() {
        assertRefused(shop().bind("a", 0), "bind port", "was 0", "list of seeds");
        assertRefused(shop().advertise("a", 0), "advertised port", "was 0");
    }

    @Test
    void portsHaveARange() {
        assertRefused(shop().bind("a", 65_536), "bind port must be 1 to 65535, was 65536");
        assertRefused(shop().bind("a", -1), "was -1");
        assertRefused(shop().advertise("a", 65_536), "advertised port must be 1 to 65535, was 65536");
    }

    @Test
    void hostsAreNamesOrAddresses() {
        assertRefused(shop().bind(" ", 1), "bind host", "' '");
        assertRefused(shop().bind("a ", 1), "bind host", "'a '");
        assertRefused(shop().bind("a:7350", 1), "bind host", "'a:7350'", "number of its own");
        assertRefused(shop().bind("::1", 1), "'::1'", "brackets");
        assertRefused(shop().advertise("", 1), "advertised host");
    }

    @Test
    void aWildcardCannotBeAdvertised() {
        assertRefused(shop().bind("0.0.0.0", 7350), "'0.0.0.0'", "advertise(host, port)");
        assertRefused(shop().bind("[::]", 7350), "'[::]'", "advertise(host, port)");
        assertRefused(shop().advertise("0.0.0.0", 7350), "advertised host '0.0.0.0'");
    }

    @Test
    void seedsMustBeGiven() {
        assertRefused(ShardingSettings.builder("shop").bind("a", 1), "no seeds", "1, 3, 5 or 7");
    }

    @Test
    void seedsAreHostAndPort() {
        for (String seed : List.of("a", "a:", ":7350", "a:0", "a:65536", "a:x", "a:-1", "a b :1", "::1:7350", "")) {
            assertRefused(
                    ShardingSettings.builder("shop").bind("a", 1).seeds(seed), "seed '" + seed + "'", "host:port");
        }
        assertRefused(
                ShardingSettings.builder("shop").bind("a", 1).seeds("0.0.0.0:7350"),
                "seed '0.0.0.0:7350'",
                "advertises");
    }

    @Test
    void theNumberOfSeedsIsOddAndAtMostSeven() {
        for (int count = 1; count <= 9; count++) {
            String[] seeds = new String[count];
            for (int i = 0; i < count; i++) {
                seeds[i] = "h" + i + ":1";
            }
            ShardingSettings.Builder builder =
                    ShardingSettings.builder("shop").bind("h0", 1).seeds(seeds);
            if (count % 2 == 1 && count <= 7) {
                assertThat(builder.build().seeds()).hasSize(count);
            } else {
                assertRefused(builder, "1, 3, 5 or 7, was " + count);
            }
        }
    }

    @Test
    void aSeedIsListedOnce() {
        assertRefused(ShardingSettings.builder("shop").bind("a", 1).seeds("a:1", "b:1", "A:01"), "'A:01'", "twice");
    }

    @Test
    void aTypeIsDeclaredOnce() {
        assertRefused(
                shop().entity(EntitySpec.route(CART)).entity(EntitySpec.route(CART)), "entity type 'cart'", "twice");
    }

    @Test
    void declarationsHaveRanges() {
        assertRefused(shop().name(" "), "node name", "' '");
        assertRefused(shop().name("n".repeat(256)), "node name", "255");
        assertRefused(shop().roles(""), "role must have 1 to 64");
        assertRefused(shop().roles("r".repeat(65)), "role must have 1 to 64");
        assertRefused(shop().zone("z".repeat(256)), "zone", "256");
        assertRefused(shop().version("v".repeat(256)), "version", "256");
        assertRefused(shop().weight(0), "weight must be 1 to 1000, was 0");
        assertRefused(shop().weight(1001), "was 1001");
        assertRefused(shop().workers(0), "workers must be 1 to 1024, was 0");
        String[] many = new String[65];
        for (int i = 0; i < many.length; i++) {
            many[i] = "role" + i;
        }
        assertRefused(shop().roles(many), "number of roles must be 0 to 64, was 65");
    }

    @Test
    void everyDurationIsPositiveAndSane() {
        assertTimingsRefused(m -> m.probe(0), "timings: probe must be 1 ms to 1 h, was 0 s");
        assertTimingsRefused(m -> m.margin(-1), "margin", "was -0.001 s");
        assertTimingsRefused(m -> m.shutdown(3_600_001), "shutdown", "was 3600.001 s");
        assertThat(problems(shop().timings(new Mix(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).timings())))
                .hasSize(12);
    }

    @Test
    void oneLostProbeMustNotEndTheRight() {
        assertTimingsRefused(m -> m.probe(950).consent(1800), "probe * 2 is 1.9 s", "consent, which is 1.8 s");
    }

    @Test
    void judgementWaitsForAProbe() {
        assertTimingsRefused(m -> m.stable(400), "probe is 0.5 s", "stable, which is 0.4 s");
    }

    @Test
    void aRightIsOverBeforeDeathIsConcluded() {
        assertTimingsRefused(m -> m.detection(2400), "consent + probe is 2.5 s", "detection, which is 2.4 s");
    }

    @Test
    void marginCoversClocksThatTickApart() {
        assertTimingsRefused(
                m -> m.margin(241), "0.11 * (consent + handlerBudget) is 0.242 s", "margin, which is 0.241 s");
        assertThat(shop().timings(Mix.defaults().margin(242).timings())
                        .build()
                        .timings()
                        .margin())
                .isEqualTo(Duration.ofMillis(242));
    }

    @Test
    void handlerBudgetLeavesRoomForWork() {
        assertTimingsRefused(m -> m.handlerBudget(1000), "handlerBudget * 2 is 2 s", "less than consent");
    }

    @Test
    void stopHandOffAndShutdownNest() {
        assertTimingsRefused(m -> m.stop(200).handlerBudget(200), "handlerBudget is 0.2 s", "less than stop");
        assertTimingsRefused(m -> m.stop(20_000), "stop is 20 s", "less than handOff, which is 20 s");
        assertTimingsRefused(m -> m.handOff(60_000), "handOff is 60 s", "less than shutdown, which is 60 s");
    }

    @Test
    void aLostMessageIsRepeatedInTime() {
        assertTimingsRefused(m -> m.retry(6000), "retry is 6 s", "founding, which is 5 s");
        assertTimingsRefused(m -> m.retry(11_000).founding(11_000), "retry * 2 is 22 s", "handOff");
    }

    @Test
    void limitsHaveRanges() {
        Limits d = Limits.DEFAULT;
        assertRefused(shop().limits(limits(4095, 1, 1 << 20, 1, 1 << 20, 1, 1, 3)), "frameBytes", "4096", "was 4095");
        assertRefused(
                shop().limits(limits((64 << 20) + 1, 1, 1L << 30, 1, 1L << 30, 1, 1, 3)), "frameBytes", "67108864");
        assertRefused(shop().limits(limits(1 << 20, 1, 1, 1, 1 << 20, 1, 1, 3)), "parkedBytes", "one frame");
        assertRefused(shop().limits(limits(1 << 20, 1, 1 << 20, 1, 1, 1, 1, 3)), "outboundBytesPerLink", "one frame");
        assertRefused(shop().limits(limits(1 << 20, 1, 1 << 20, 1, 1 << 20, 1, 1, 2)), "members must be 3 to 10000");
        assertThat(problems(shop().limits(limits(1 << 20, 0, 1 << 20, 0, 1 << 20, 0, 0, 3))))
                .hasSize(4)
                .anyMatch(p -> p.contains("parkedPerShard"))
                .anyMatch(p -> p.contains("mailbox"))
                .anyMatch(p -> p.contains("entities"))
                .anyMatch(p -> p.contains("openAsks"));
        assertThat(shop().limits(d).build().limits()).isEqualTo(d);
    }

    private static Limits limits(
            int frame, int parked, long parkedBytes, int mailbox, long outbound, int entities, int asks, int members) {
        return new Limits(frame, parked, parkedBytes, mailbox, outbound, entities, asks, members);
    }

    /** Timings in milliseconds, one changed at a time. */
    private record Mix(
            long probe,
            long detection,
            long stable,
            long consent,
            long margin,
            long handlerBudget,
            long founding,
            long stop,
            long handOff,
            long shutdown,
            long retry,
            long rebalance) {
        static Mix defaults() {
            return new Mix(500, 3000, 2000, 2000, 400, 200, 5000, 10_000, 20_000, 60_000, 500, 1000);
        }

        Mix probe(long value) {
            return new Mix(
                    value,
                    detection,
                    stable,
                    consent,
                    margin,
                    handlerBudget,
                    founding,
                    stop,
                    handOff,
                    shutdown,
                    retry,
                    rebalance);
        }

        Mix detection(long value) {
            return new Mix(
                    probe,
                    value,
                    stable,
                    consent,
                    margin,
                    handlerBudget,
                    founding,
                    stop,
                    handOff,
                    shutdown,
                    retry,
                    rebalance);
        }

        Mix stable(long value) {
            return new Mix(
                    probe,
                    detection,
                    value,
                    consent,
                    margin,
                    handlerBudget,
                    founding,
                    stop,
                    handOff,
                    shutdown,
                    retry,
                    rebalance);
        }

        Mix consent(long value) {
            return new Mix(
                    probe,
                    detection,
                    stable,
                    value,
                    margin,
                    handlerBudget,
                    founding,
                    stop,
                    handOff,
                    shutdown,
                    retry,
                    rebalance);
        }

        Mix margin(long value) {
            return new Mix(
                    probe,
                    detection,
                    stable,
                    consent,
                    value,
                    handlerBudget,
                    founding,
                    stop,
                    handOff,
                    shutdown,
                    retry,
                    rebalance);
        }

        Mix handlerBudget(long value) {
            return new Mix(
                    probe, detection, stable, consent, margin, value, founding, stop, handOff, shutdown, retry,
                    rebalance);
        }

        Mix founding(long value) {
            return new Mix(
                    probe,
                    detection,
                    stable,
                    consent,
                    margin,
                    handlerBudget,
                    value,
                    stop,
                    handOff,
                    shutdown,
                    retry,
                    rebalance);
        }

        Mix stop(long value) {
            return new Mix(
                    probe,
                    detection,
                    stable,
                    consent,
                    margin,
                    handlerBudget,
                    founding,
                    value,
                    handOff,
                    shutdown,
                    retry,
                    rebalance);
        }

        Mix handOff(long value) {
            return new Mix(
                    probe,
                    detection,
                    stable,
                    consent,
                    margin,
                    handlerBudget,
                    founding,
                    stop,
                    value,
                    shutdown,
                    retry,
                    rebalance);
        }

        Mix shutdown(long value) {
            return new Mix(
                    probe,
                    detection,
                    stable,
                    consent,
                    margin,
                    handlerBudget,
                    founding,
                    stop,
                    handOff,
                    value,
                    retry,
                    rebalance);
        }

        Mix retry(long value) {
            return new Mix(
                    probe,
                    detection,
                    stable,
                    consent,
                    margin,
                    handlerBudget,
                    founding,
                    stop,
                    handOff,
                    shutdown,
                    value,
                    rebalance);
        }

        Timings timings() {
            return new Timings(
                    Duration.ofMillis(probe),
                    Duration.ofMillis(detection),
                    Duration.ofMillis(stable),
                    Duration.ofMillis(consent),
                    Duration.ofMillis(margin),
                    Duration.ofMillis(handlerBudget),
                    Duration.ofMillis(founding),
                    Duration.ofMillis(stop),
                    Duration.ofMillis(handOff),
                    Duration.ofMillis(shutdown),
                    Duration.ofMillis(retry),
                    Duration.ofMillis(rebalance));
        }
    }
}
