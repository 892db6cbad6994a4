package io.shardhold.testkit.history;

import java.util.List;

/**
 * A model that can tell from all calls of a key in which order they probably took effect. It only decides what the
 * search tries first, so a guess is good enough. A queue needs it: that two values went in the wrong way round shows only
 * when they come out, long after.
 */
interface Foresight {
    /**
     * For each call a number of which the lowest is tried first; {@link Call#NEVER} for a call of unknown outcome that may
     * well never have happened.
     */
    long[] turns(List<? extends Call<?, ?>> calls);
}
