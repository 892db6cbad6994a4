package io.shardhold.lease.contract;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Contenders for one lease in virtual time. After every event: at most one of them believes, and tokens have risen.
 *
 * <p>That a belief begins is an event, that it ends may be mere time; so looking after each event is looking always.
 */
final class World {
    private static final int LOG_LINES = 60;

    private final StoreUnderTest store;
    private final LeaseSettings settings;
    private final VirtualTime time = new VirtualTime(this::check);
    private final List<Party> parties = new ArrayList<>();
    private final Deque<String> log = new ArrayDeque<>();
    private long highestToken;
    private int machines;
    private int grants;

    World(StoreUnderTest store, LeaseSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    VirtualTime time() {
        return time;
    }

    StoreUnderTest store() {
        return store;
    }

    List<Party> parties() {
        return parties;
    }

    /** The highest token granted so far. */
    long highestToken() {
        return highestToken;
    }

    Party party(String owner) {
        return party(owner, 1.0);
    }

    Party party(String owner, double rate) {
        return party(settings.withOwner(owner), rate);
    }

    Party party(LeaseSettings own, double rate) {
        Party party = new Party(this, own, new Machine(time, rate, ++machines));
        parties.add(party);
        return party;
    }

    void run(Duration span) {
        time.run(span);
    }

    Optional<LeaseRecord> record() {
        return store.record(settings.name());
    }

    void delete() {
        store.delete(settings.name());
    }

    void put(LeaseRecord record) {
        store.put(settings.name(), record);
    }

    void log(String line) {
        if (log.size() == LOG_LINES) {
            log.removeFirst();
        }
        log.add(time.nowNanos() / 1_000_000 + " ms " + line);
    }

    String logged() {
        return String.join("\n", log);
    }

    void granted(Party to, long token) {
        log(to + " granted " + token);
        if (token <= highestToken) {
            throw new AssertionError(to + " was granted " + token + " after " + highestToken);
        }
        highestToken = token;
        grants++;
    }

    int grants() {
        return grants;
    }

    private void check() {
        List<Party> holders = new ArrayList<>();
        for (Party party : parties) {
            if (party.mayBelieve() && party.lease().checkAlive()) {
                holders.add(party);
            }
        }
        if (holders.size() > 1) {
            throw new AssertionError("at " + time.nowNanos() / 1_000_000 + " ms " + holders + " believe at once");
        }
    }
}
