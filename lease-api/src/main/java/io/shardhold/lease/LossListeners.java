package io.shardhold.lease;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Who wants to hear of lost grants. Any thread. */
final class LossListeners {
    private static final System.Logger LOG = System.getLogger("io.shardhold.lease");

    private final List<Consumer<LeaseLost>> listeners = new CopyOnWriteArrayList<>();

    void add(Consumer<LeaseLost> listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /** Tells all, whatever some of them throw. */
    void tell(LeaseLost loss) {
        for (Consumer<LeaseLost> listener : listeners) {
            try {
                listener.accept(loss);
            } catch (RuntimeException | Error failure) {
                LOG.log(System.Logger.Level.WARNING, "a listener of lost leases failed: fix it", failure);
            }
        }
    }
}
