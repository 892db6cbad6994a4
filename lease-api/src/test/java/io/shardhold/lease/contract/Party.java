package io.shardhold.lease.contract;

import io.shardhold.lease.Lease;
import io.shardhold.lease.LeaseAnswer;
import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.ReleaseAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One contender: a machine, its way to the store, its lease, and what it was told. */
final class Party {
    private final World world;
    private final LeaseSettings settings;
    private final Machine machine;
    private final Way way;
    private final Lease lease;
    private final List<LeaseAnswer> answers = new ArrayList<>();
    private final List<LeaseLost> losses = new ArrayList<>();
    private final List<Long> lossNanos = new ArrayList<>();
    private LongSupplier floor = () -> 0;
    private boolean wanting;

    Party(World world, LeaseSettings settings, Machine machine) {
        this.world = world;
        this.settings = settings;
        this.machine = machine;
        StoreUnderTest store = world.store();
        this.way = new Way(world.time(), machine, store.connect(settings.owner(), machine), settings.requestTimeout());
        this.lease = store.lease(way, settings, machine);
        lease.onLost(loss -> {
            world.log(this + " lost " + loss);
            losses.add(loss);
            lossNanos.add(world.time().nowNanos());
            if (wanting) {
                machine.schedule(0, this::ask);
            }
        });
    }

    Machine machine() {
        return machine;
    }

    Way way() {
        return way;
    }

    Lease lease() {
        return lease;
    }

    List<LeaseAnswer> answers() {
        return answers;
    }

    List<LeaseLost> losses() {
        return losses;
    }

    /** True times at which losses were told. */
    List<Long> lossNanos() {
        return lossNanos;
    }

    /** Whether anything could run here that asks. A pause asks nothing either, but its clocks would answer. */
    boolean mayBelieve() {
        return !machine.isDead() && !machine.isSuspended();
    }

    boolean isAlive() {
        return lease.checkAlive();
    }

    void floor(long tokenFloor) {
        this.floor = () -> tokenFloor;
    }

    /** Always the highest token granted to anybody: what a cluster knows. */
    void floorOfWorld() {
        floor = world::highestToken;
    }

    /** Asks at once, and again every poll until the lease is held, also after each loss. */
    Party want() {
        wanting = true;
        ask();
        return this;
    }

    void wantNoMore() {
        wanting = false;
    }

    private void ask() {
        if (!wanting || machine.isDead()) {
            return;
        }
        var unused = acquire(floor.getAsLong()).thenAccept(answer -> {
            if (!(answer instanceof LeaseAnswer.Granted)) {
                machine.schedule(settings.poll().toNanos(), this::ask);
            }
        });
    }

    /** One look; the answer is noted when it comes. */
    CompletionStage<LeaseAnswer> acquire(long tokenFloor) {
        return lease.acquire(tokenFloor).thenApply(answer -> {
            answers.add(answer);
            if (answer instanceof LeaseAnswer.Granted granted) {
                world.granted(this, granted.token());
            }
            return answer;
        });
    }

    /** Looks once and lets time pass until the answer is there. */
    LeaseAnswer look(long tokenFloor) {
        return await(acquire(tokenFloor));
    }

    ReleaseAnswer release() {
        wanting = false;
        return await(lease.release());
    }

    /** Polls until granted; the token. */
    long hold() {
        want();
        long limit = world.time().nowNanos()
                + settings.leaseWait().multipliedBy(3).plusSeconds(10).toNanos();
        while (!lease.checkAlive()) {
            if (world.time().nowNanos() > limit) {
                throw new AssertionError(this + " was not granted: " + answers);
            }
            world.run(Duration.ofMillis(10));
        }
        return lease.fencingToken();
    }

    <T> T await(CompletionStage<T> stage) {
        List<T> seen = new ArrayList<>();
        var unused = stage.thenAccept(seen::add);
        for (int i = 0; seen.isEmpty(); i++) {
            if (i > 10_000) {
                throw new AssertionError(this + " has got no answer");
            }
            world.run(Duration.ofMillis(i == 0 ? 0 : 5));
        }
        return seen.get(0);
    }

    @Nullable
    LeaseLost latestLoss() {
        return losses.isEmpty() ? null : losses.get(losses.size() - 1);
    }

    @Override
    public String toString() {
        return settings.owner();
    }
}
