package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeededChanceTest {
    @Test
    void numbersAreThoseOfSplitMix64() {
        SeededChance zero = new SeededChance(0);
        assertThat(zero.nextLong()).isEqualTo(0xE220A8397B1DCDAFL);
        assertThat(zero.nextLong()).isEqualTo(0x6E789E6AA1B965F4L);
        assertThat(zero.nextLong()).isEqualTo(0x06C45D188009454FL);
        SeededChance other = new SeededChance(1_234_567);
        assertThat(Long.toUnsignedString(other.nextLong())).isEqualTo("6457827717110365317");
        assertThat(Long.toUnsignedString(other.nextLong())).isEqualTo("3203168211198807973");
        assertThat(Long.toUnsignedString(other.nextLong())).isEqualTo("9817491932198370423");
    }

    @Test
    void drawsStayBelowTheirBound() {
        SeededChance chance = new SeededChance(5);
        boolean[] drawn = new boolean[7];
        for (int i = 0; i < 1_000; i++) {
            drawn[chance.below(7)] = true;
            assertThat(chance.below(3L)).isBetween(0L, 2L);
        }
        assertThat(drawn).containsOnly(true);
    }

    @Test
    void drawsOfAForkDoNotShiftThoseOfItsParent() {
        SeededChance drawing = new SeededChance(9);
        SeededChance fork = drawing.fork();
        for (int i = 0; i < 10; i++) {
            fork.nextLong();
        }
        SeededChance resting = new SeededChance(9);
        SeededChance unused = resting.fork();
        assertThat(drawing.nextLong()).isEqualTo(resting.nextLong());
        assertThat(unused.nextLong()).isNotEqualTo(fork.nextLong());
    }
}
