package io.shardhold.internal.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The links of one kind, by peer. A link that is over stays as its own tombstone until its backoff has ended and a next
 * one is wanted. There are at most 4,096; when a further one is wanted, tombstones whose backoff has ended are removed,
 * and if that makes no room the new link is refused.
 *
 * <p>Concurrency: any thread. An entry changes only from nothing or from a link that may be replaced, by one atomic
 * step, so of several threads one wins and the links of the others were never opened. {@code closed} is volatile,
 * written once: who adds a link looks at it after adding, who closes looks at the links after writing it, so each link
 * is shut by at least one of them, and shutting twice is shutting once.
 */
final class LinkTable<K, L extends Link> {
    static final int MAX_LINKS = 4_096;

    private final Map<K, L> links = new ConcurrentHashMap<>();
    private final int max;
    private volatile boolean closed;

    LinkTable(int max) {
        this.max = max;
    }

    @Nullable
    L find(K key) {
        return links.get(key);
    }

    /**
     * The link to a peer, which may be over and in its backoff; null if there is no room for it or the table is closed.
     *
     * @param maker makes a link, given the number of failures before it
     */
    @Nullable
    L obtain(K key, IntFunction<L> maker) {
        while (true) {
            L link = links.get(key);
            if (link != null && !link.mayBeReplaced()) {
                return link;
            }
            if (closed || (link == null && !hasRoom())) {
                return null;
            }
            L fresh = maker.apply(link == null ? 0 : link.failures());
            boolean won = link == null ? links.putIfAbsent(key, fresh) == null : links.replace(key, link, fresh);
            if (won) {
                if (closed) {
                    var unused = fresh.shut("closed");
                } else {
                    fresh.open();
                }
                return fresh;
            }
        }
    }

    /** Shuts all links; completes when the listener was told of each. */
    List<CompletableFuture<Void>> close(String why) {
        closed = true;
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        links.values().forEach(link -> ends.add(link.shut(why)));
        return ends;
    }

    /** Links that are not over. */
    long open() {
        return links.values().stream().filter(link -> !link.isOver()).count();
    }

    private boolean hasRoom() {
        if (links.size() >= max) {
            links.values().removeIf(Link::mayBeReplaced);
        }
        return links.size() < max;
    }
}
