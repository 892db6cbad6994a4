package io.shardhold.examples.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;

/**
 * When which node is killed and started again.
 *
 * <pre>
 *   RUNNING --(enough acknowledged)--> DOWN --(down time over)--> RETURNING --(node is up)--> RUNNING | DONE
 *                  kill                          restart                       next victim      none left
 * </pre>
 *
 * <p>With {@code n} victims, victim {@code k} dies when {@code k / (n + 1)} of the deposits are acknowledged. {@link
 * #sendLimit} holds back half of the rest until then, and the last eighth until every victim is back: so each kill meets
 * traffic, and so does each return, however small the input is.
 */
final class KillSchedule {
    /** Which nodes are killed. */
    enum Victims {
        NONE,
        ONE,
        SEED,
        TWO;

        /** Numbers of the nodes to kill, in this order; 0 is the first seed. */
        List<Integer> choose(int nodes, long seed) {
            List<Integer> shuffled = new ArrayList<>();
            for (int node = this == ONE ? 1 : 0; node < nodes; node++) {
                shuffled.add(node);
            }
            Collections.shuffle(shuffled, new Random(seed));
            return switch (this) {
                case NONE -> List.of();
                case SEED -> List.of(0);
                case ONE -> List.copyOf(shuffled.subList(0, 1));
                case TWO -> List.copyOf(shuffled.subList(0, 2));
            };
        }
    }

    /** What is to be done now. */
    sealed interface Action {
        record Kill(int node) implements Action {}

        record Restart(int node) implements Action {}
    }

    private enum Phase {
        RUNNING,
        DOWN,
        RETURNING,
        DONE
    }

    private final List<Integer> victims;
    private final long total;
    private final long downNanos;
    private Phase phase;
    private int victim;
    private long killedNanos;

    /**
     * A schedule that has not begun.
     *
     * @param total number of deposits
     * @param down how long a victim stays away
     */
    KillSchedule(List<Integer> victims, long total, Duration down) {
        this.victims = List.copyOf(victims);
        this.total = total;
        this.downNanos = down.toNanos();
        this.phase = victims.isEmpty() ? Phase.DONE : Phase.RUNNING;
    }

    /** The next action, if its time has come. To be asked again and again. */
    Optional<Action> next(long nowNanos, long acknowledged, IntPredicate isUp) {
        return switch (phase) {
            case RUNNING -> acknowledged < threshold() ? Optional.empty() : Optional.of(kill(nowNanos));
            case DOWN -> nowNanos - killedNanos < downNanos ? Optional.empty() : Optional.of(restart());
            case RETURNING -> {
                if (isUp.test(victims.get(victim))) {
                    victim++;
                    phase = victim < victims.size() ? Phase.RUNNING : Phase.DONE;
                }
                yield Optional.empty();
            }
            case DONE -> Optional.empty();
        };
    }

    private Action kill(long nowNanos) {
        phase = Phase.DOWN;
        killedNanos = nowNanos;
        return new Action.Kill(victims.get(victim));
    }

    private Action restart() {
        phase = Phase.RETURNING;
        return new Action.Restart(victims.get(victim));
    }

    private long threshold() {
        return total * (pendingKill() + 1) / (victims.size() + 1);
    }

    private int pendingKill() {
        return phase == Phase.DOWN || phase == Phase.RETURNING ? victim + 1 : victim;
    }

    /** How many deposits may be sent by now. */
    long sendLimit() {
        if (pendingKill() < victims.size()) {
            return threshold() + (total - threshold()) / 2;
        }
        return phase == Phase.DONE ? total : total - total / 8;
    }

    /** Whether every victim is back. */
    boolean isDone() {
        return phase == Phase.DONE;
    }
}
