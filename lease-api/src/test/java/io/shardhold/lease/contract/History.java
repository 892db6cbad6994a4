package io.shardhold.lease.contract;

import io.shardhold.lease.LeaseLost;
import io.shardhold.lease.LeaseLost.Reason;
import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseSettings;
import io.shardhold.lease.contract.Way.Effect;
import io.shardhold.lease.contract.Way.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A random history of one seed: contenders whose clocks drift, a network that loses and delays, machines that pause,
 * crash and come back, clocks that jump, operators that delete and edit. In the end all is well and one must hold.
 */
final class History {
    private static final Duration STEP = Duration.ofMillis(50);
    private static final int STEPS = 1_200;
    private static final Effect[] EFFECTS = Effect.values();

    private final World world;
    private final LeaseSettings settings;
    private final int seed;
    private final Random chance;
    private final int faultPercent;
    private final List<Seat> seats = new ArrayList<>();
    private final List<LeaseRecord> oldRecords = new ArrayList<>();
    private final Duration restBetweenJumps;
    private long recordSinceNanos = -1;

    /** A place for machines, one after the other. */
    private static final class Seat {
        final String name;
        final double rate;
        Party party;
        long jumpedNanos;
        long resumeNanos;
        boolean down;

        Seat(String name, double rate, Party party) {
            this.name = name;
            this.rate = rate;
            this.party = party;
            this.jumpedNanos = Long.MIN_VALUE / 2;
        }
    }

    History(StoreUnderTest store, LeaseSettings base, int seed) {
        this.seed = seed;
        this.chance = new Random(seed * 7_919L);
        LeaseSettings tight = base.withMargin(base.ttl().dividedBy(20)).withPoll(STEP);
        this.settings = chance.nextBoolean() ? base : tight;
        this.world = new World(store, settings);
        this.restBetweenJumps = settings.leaseWait().multipliedBy(3);
        this.faultPercent = new int[] {0, 5, 20, 50}[chance.nextInt(4)];
        int contenders = 2 + chance.nextInt(4);
        for (int i = 0; i < contenders; i++) {
            double rate =
                    chance.nextInt(3) == 0 ? (chance.nextBoolean() ? 0.95 : 1.05) : 0.95 + chance.nextDouble() / 10;
            seats.add(new Seat("n" + i, rate, arrive("n" + i, rate)));
        }
    }

    private Party arrive(String name, double rate) {
        Party party = world.party(name, rate);
        party.way().plan(this::plan);
        party.floorOfWorld();
        return party.want();
    }

    private Plan plan(boolean write, @Nullable LeaseRecord next) {
        Effect effect = chance.nextInt(100) < faultPercent ? EFFECTS[chance.nextInt(EFFECTS.length)] : Effect.CLEAR;
        return new Plan(effect, delay(), delay());
    }

    private Duration delay() {
        int most = chance.nextInt(100) < faultPercent ? 2_500 : 20;
        return Duration.ofMillis(chance.nextInt(most));
    }

    int grants() {
        return world.grants();
    }

    Map<Reason, Integer> losses() {
        Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
        for (Party party : world.parties()) {
            for (LeaseLost loss : party.losses()) {
                counts.merge(loss.reason(), 1, Integer::sum);
            }
        }
        return counts;
    }

    void run() {
        try {
            for (int step = 0; step < STEPS; step++) {
                world.run(STEP);
                noteRecord();
                seats.forEach(this::trouble);
                if (chance.nextInt(400) == 0) {
                    operate();
                }
            }
            heal();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError(
                    "seed " + seed + " (-Dlease.seed=" + seed + "): " + failure.getMessage() + "\n" + world.logged(),
                    failure);
        }
    }

    private void noteRecord() {
        LeaseRecord record = world.record().orElse(null);
        if (record == null) {
            recordSinceNanos = -1;
        } else if (recordSinceNanos < 0) {
            recordSinceNanos = world.time().nowNanos();
        }
        if (record != null && !record.released() && chance.nextInt(50) == 0) {
            oldRecords.add(record);
        }
    }

    private void trouble(Seat seat) {
        Machine machine = seat.party.machine();
        long now = world.time().nowNanos();
        if (seat.down) {
            if (now >= seat.resumeNanos) {
                seat.down = false;
                if (machine.isDead()) {
                    world.log(seat.name + " starts again");
                    seat.party = arrive(seat.name, seat.rate);
                } else {
                    world.log(seat.name + " goes on");
                    machine.goOn();
                }
            }
            return;
        }
        switch (chance.nextInt(1_500)) {
            case 0, 1, 2, 3, 4 -> stop(seat, "pauses", machine::pause);
            case 5, 6 -> stop(seat, "crashes", machine::crash);
            case 7, 8 -> {
                if (mayJump(seat, now)) {
                    stop(seat, "is suspended", machine::suspend);
                }
            }
            case 9, 10, 11 -> {
                if (mayJump(seat, now)) {
                    Duration by = jump();
                    world.log(seat.name + " wall clock jumps by " + by);
                    machine.jumpWall(by);
                }
            }
            case 12, 13 -> {
                if (mayJump(seat, now)) {
                    Duration by = jump();
                    world.log(seat.name + " monotonic clock jumps by " + by);
                    machine.jumpMono(by);
                }
            }
            case 14, 15 -> {
                world.log(seat.name + " releases");
                var unused = seat.party.lease().release();
                machine.schedule(chance.nextInt(2_000_000_000), seat.party::want);
            }
            default -> {}
        }
    }

    private void stop(Seat seat, String what, Runnable how) {
        world.log(seat.name + " " + what);
        how.run();
        seat.down = true;
        long most = settings.ttl().toMillis() * 3;
        seat.resumeNanos = world.time().nowNanos() + chance.nextLong(most) * 1_000_000;
    }

    /** One jump of one clock at a time: two that agree on a wrong time are beyond any lease. */
    private boolean mayJump(Seat seat, long now) {
        if (now - seat.jumpedNanos < restBetweenJumps.toNanos()) {
            return false;
        }
        seat.jumpedNanos = now;
        return true;
    }

    private Duration jump() {
        Duration by = Duration.ofMillis(chance.nextLong(settings.ttl().toMillis() * 4));
        return chance.nextBoolean() ? by : by.negated();
    }

    private void operate() {
        boolean seenByAll = recordSinceNanos >= 0
                && world.time().nowNanos() - recordSinceNanos
                        > settings.ttl().plus(settings.margin()).toNanos();
        if (!seenByAll) {
            return;
        }
        if (chance.nextBoolean()) {
            world.log("operator deletes");
            world.delete();
            recordSinceNanos = -1;
        } else if (!oldRecords.isEmpty()) {
            LeaseRecord old = oldRecords.get(chance.nextInt(oldRecords.size()));
            LeaseRecord copy = new LeaseRecord("restored#1", old.token(), old.ttl(), chance.nextInt(), false);
            world.log("operator puts back " + copy);
            world.put(copy);
        }
    }

    private void heal() {
        world.log("all is well again");
        for (Seat seat : seats) {
            if (seat.down && seat.party.machine().isDead()) {
                seat.party = arrive(seat.name, seat.rate);
            } else if (seat.down) {
                seat.party.machine().goOn();
            }
            seat.party.way().plan(Effect.CLEAR);
        }
        world.run(settings.leaseWait().multipliedBy(6));
        long holders =
                seats.stream().filter(seat -> seat.party.lease().checkAlive()).count();
        if (holders != 1) {
            throw new AssertionError(holders + " hold after all is well again");
        }
    }
}
