package io.shardhold.examples.leasetool;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The contenders of one process, and whether two of them ever believed at once. Any thread.
 *
 * <p>Two beliefs overlap for certain if one is alive, then the other is, then the first still is, with the same token: what
 * is not alive any more is never alive again with that token.
 */
final class Contest {
    private final EventLines lines;
    private final List<Contender> contenders = new CopyOnWriteArrayList<>();
    private final AtomicLong grants = new AtomicLong();
    private final AtomicLong overlaps = new AtomicLong();

    Contest(EventLines lines) {
        this.lines = lines;
    }

    void add(Contender contender) {
        contenders.add(contender);
    }

    List<Contender> contenders() {
        return contenders;
    }

    /** One has been granted the lease: nobody else may believe. */
    void onGranted(Contender granted) {
        grants.incrementAndGet();
        for (Contender other : contenders) {
            if (other != granted) {
                long token = granted.believes();
                long others = other.believes();
                if (token != 0 && others != 0 && granted.believes() == token) {
                    overlaps.incrementAndGet();
                    lines.print("overlap", json -> {
                        json.writeStringField("contender", granted.toString());
                        json.writeNumberField("token", token);
                        json.writeStringField("other", other.toString());
                        json.writeNumberField("otherToken", others);
                    });
                }
            }
        }
    }

    boolean isClean() {
        return overlaps.get() == 0;
    }

    void printSummary() {
        lines.print("summary", json -> {
            json.writeNumberField("contenders", contenders.size());
            json.writeNumberField("grants", grants.get());
            json.writeNumberField("overlaps", overlaps.get());
        });
    }
}
