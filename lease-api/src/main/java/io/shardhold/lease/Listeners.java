package io.shardhold.lease;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Who wants to hear of what. Any thread. */
final class Listeners<T> {
    private static final System.Logger LOG = System.getLogger("io.shardhold.lease");

    private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();

    void add(Consumer<T> listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /** Tells all, whatever some of them throw. */
    void tell(T event) {
        for (Consumer<T> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException | Error failure) {
                LOG.log(System.Logger.Level.WARNING, "a listener failed at " + event + ": fix it", failure);
            }
        }
    }
}
