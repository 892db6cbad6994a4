package io.shardhold.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shardhold.entity.EntityType;
import org.junit.jupiter.api.Test;

class EntitySpecTest {
    private record Ping(int number) {}

    private static final EntityType<Ping> PING = EntityType.of("ping", Ping.class);

    @Test
    void aHostedTypeHasAFactoryAndTheDefaults() {
        EntitySpec<Ping> spec = EntitySpec.of(PING, context -> message -> {});
        assertThat(spec.hosts()).isTrue();
        assertThat(spec.factory()).isPresent();
        assertThat(spec.type()).isSameAs(PING);
        assertThat(spec.shards()).isEqualTo(256);
        assertThat(spec.threads()).isZero();
        assertThat(spec).hasToString("ping, 256 shards");
    }

    @Test
    void aRoutedTypeHasNoFactory() {
        EntitySpec<Ping> spec = EntitySpec.route(PING).shards(8);
        assertThat(spec.hosts()).isFalse();
        assertThat(spec.factory()).isEmpty();
        assertThat(spec.shards()).isEqualTo(8);
    }

    @Test
    void aChangeLeavesTheOriginalAsItWas() {
        EntitySpec<Ping> spec = EntitySpec.of(PING, context -> message -> {});
        EntitySpec<Ping> changed = spec.shards(1).threads(4);
        assertThat(changed.shards()).isEqualTo(1);
        assertThat(changed.threads()).isEqualTo(4);
        assertThat(spec.shards()).isEqualTo(256);
        assertThat(spec.threads()).isZero();
    }

    @Test
    void shardsOutOfRangeAreRefusedWithValueRangeAndRemedy() {
        EntitySpec<Ping> spec = EntitySpec.route(PING);
        assertThat(spec.shards(1 << 20).shards()).isEqualTo(1 << 20);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.shards(0))
                .withMessageContaining("ping must be 1 to 1048576, was 0")
                .withMessageContaining("ten times");
        assertThatIllegalArgumentException().isThrownBy(() -> spec.shards((1 << 20) + 1));
    }

    @Test
    void threadsOutOfRangeAreRefusedWithValueRangeAndRemedy() {
        EntitySpec<Ping> spec = EntitySpec.of(PING, context -> message -> {});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.threads(-1))
                .withMessageContaining("0 (shared) to 1024, was -1")
                .withMessageContaining("block at once");
        assertThatIllegalArgumentException().isThrownBy(() -> spec.threads(1_025));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EntitySpec.route(PING).threads(1))
                .withMessageContaining("EntitySpec.of");
    }
}
