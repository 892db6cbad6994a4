package io.shardhold.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class HeldLeaseTest {
    private final FakeLeasePort port = new FakeLeasePort();
    private final HeldLease held = new HeldLease(port, Guards.STRICT);

    @Test
    void clusterWithoutALeasePermitsEveryNumber() {
        HeldLease none = new HeldLease(null, Guards.STRICT);
        assertThat(none.isNeeded()).isFalse();
        assertThat(none.permits(7)).isTrue();
        none.drop();
        assertThat(none.permits(7)).isTrue();
    }

    @Test
    void nothingIsPermittedBeforeAGrant() {
        assertThat(held.isNeeded()).isTrue();
        assertThat(held.permits(0)).isFalse();
        port.grant(7);
        assertThat(held.permits(7)).as("the keeper has not been told").isFalse();
    }

    @Test
    void onlyTheNumberOfTheGrantIsPermitted() {
        port.grant(7);
        held.hold(7);
        assertThat(held.permits(7)).isTrue();
        assertThat(held.permits(6)).isFalse();
        assertThat(held.permits(8)).isFalse();
    }

    @Test
    void grantThatIsNotAliveAnyMorePermitsNothingThoughNobodyWasTold() {
        port.grant(7);
        held.hold(7);
        port.expire();
        assertThat(held.permits(7)).isFalse();
    }

    @Test
    void grantThatWasGivenUpPermitsNothingThoughItIsStillAlive() {
        port.grant(7);
        held.hold(7);
        held.drop();
        assertThat(held.permits(7)).isFalse();
    }

    @Test
    void laterGrantPermitsItsOwnNumberAlone() {
        port.grant(7);
        held.hold(7);
        held.drop();
        port.grant(8);
        held.hold(8);
        assertThat(held.permits(8)).isTrue();
        assertThat(held.permits(7)).isFalse();
    }

    @Test
    void guardIsAskedWithBothAnswers() {
        Guards gullible = new Guards() {
            @Override
            public boolean believesLease(boolean told, BooleanSupplier alive) {
                return told;
            }
        };
        HeldLease believing = new HeldLease(port, gullible);
        believing.hold(7);
        assertThat(believing.permits(7)).as("told, not alive").isTrue();
        assertThat(believing.permits(8)).isFalse();
    }
}
