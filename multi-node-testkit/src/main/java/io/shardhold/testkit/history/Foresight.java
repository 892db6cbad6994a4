package io.shardhold.testkit.history;

import java.util.List;

/**
 * A model that can tell from all calls of a key what the search should try first, and what is in vain. A queue needs it:
 * that two values went in the wrong way round shows only when they come out, long after.
 */
interface Foresight<S, I, O> extends Model<S, I, O> {
    /**
     * For each call a number of which the lowest is tried first; {@link Call#NEVER} for a call of unknown outcome that may
     * well never have happened. A guess is good enough.
     */
    long[] turns(List<? extends Call<?, ?>> calls);

    /**
     * A model that also refuses what some call to come contradicts, and takes for nothing what no call needs. It explains
     * these calls if and only if this model does, but does not tell which answer is the first to be wrong.
     */
    Foresight<S, I, O> narrowed(List<? extends Call<?, ?>> calls);
}
