package io.shardhold.internal.netty;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a listener has been told, so that it is told once. Remembers 4,096 addresses of either kind; beyond that the
 * oldest are forgotten and may be told again. Any thread: one lock, taken when a connection begins or ends.
 */
final class Notices {
    private static final int MAX_REMEMBERED = 4_096;

    private final Map<String, String> refused = new Bounded();
    private final Map<String, String> unreachable = new Bounded();

    /** Whether a refusal of this address for this reason is news. */
    synchronized boolean isNewRefusal(String address, String reason) {
        return refused.put(address + ' ' + reason, reason) == null;
    }

    /** Whether it is news that an address cannot be reached for this reason. */
    synchronized boolean isNewlyUnreachable(String address, String reason) {
        @Nullable String before = unreachable.put(address, reason);
        return !reason.equals(before);
    }

    synchronized void reached(String address) {
        unreachable.remove(address);
    }

    private static final class Bounded extends LinkedHashMap<String, String> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }
}
