package io.shardhold.internal.region;

import io.shardhold.internal.kernel.Guards;
import io.shardhold.internal.protocol.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The messages of one shard that wait for a way, in the order in which they entered the region, those that came back
 * among them. Bounded by number, and by bytes over all shards of the node; the newest is refused.
 *
 * <p>Concurrency: one lock per slot, held for a map operation, never while anything is sent. Parking is not the hot path,
 * and the order by sequence needs a sorted structure with a consistent size. Closing the door and finding it empty are one step,
 * so that no message is parked behind a region that has just looked for the last time.
 */
final class ParkedMessages {
    /** Two messages never share a place: the sequence is unique, the serial only breaks ties of a mutant. */
    private record Place(long place, long serial) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byPlace = Long.compare(place, other.place);
            return byPlace != 0 ? byPlace : Long.compare(serial, other.serial);
        }
    }

    private final TreeMap<Place, Envelope> messages = new TreeMap<>();
    private final int capacity;
    private final long byteCapacity;
    private final AtomicLong bytesOnNode;
    private final Guards guards;
    private final RemovedPeers removed;
    private long serial;
    private boolean open = true;

    /** How many homes had been removed when something left here last. */
    private long leftAfterRemovals;

    ParkedMessages(int capacity, long byteCapacity, AtomicLong bytesOnNode, Guards guards, RemovedPeers removed) {
        this.capacity = capacity;
        this.byteCapacity = byteCapacity;
        this.bytesOnNode = bytesOnNode;
        this.guards = guards;
        this.removed = removed;
    }

    /** What became of a message that wanted in. */
    enum Parking {
        PARKED,
        FULL,
        /** The slot has an open route again: look at it. */
        CLOSED,
        /** Later messages have left, and the home that gave this one back was not waited for. */
        LATE
    }

    /** Parks a message that enters the region, if messages are to be parked at all. */
    synchronized Parking park(Envelope envelope) {
        return open ? add(envelope, envelope.sequence()) : Parking.CLOSED;
    }

    /** Parks a message whose route is broken, as long as no other route is in place. */
    synchronized Parking parkBehind(Route broken, Supplier<Route> current, Envelope envelope) {
        return current.get() == broken ? add(envelope, envelope.sequence()) : Parking.CLOSED;
    }

    /** Parks a message that came back, whatever the route is. */
    synchronized Parking takeBack(Envelope envelope) {
        return add(envelope, guards.parkedPlace(envelope.sequence()));
    }

    /** Parks a message that a removed home gave back, the removal being the so-many-th, if nothing has left since the removal. */
    synchronized Parking takeBackFromRemoved(long removal, Envelope envelope) {
        return open && removal > leftAfterRemovals ? takeBack(envelope) : Parking.LATE;
    }

    private Parking add(Envelope envelope, long place) {
        long size = envelope.sizeBytes();
        if (!guards.mayPark(messages.size(), capacity)) {
            return Parking.FULL;
        }
        if (bytesOnNode.addAndGet(size) > byteCapacity) {
            bytesOnNode.addAndGet(-size);
            return Parking.FULL;
        }
        messages.put(new Place(place, serial++), envelope);
        return Parking.PARKED;
    }

    /** From now on messages are parked. */
    synchronized void open() {
        if (!open) {
            leftAfterRemovals = removed.count();
        }
        open = true;
    }

    /** Runs the action and ends parking if nothing is parked; all in one step. Returns whether it did. */
    synchronized boolean closeIfEmpty(Runnable action) {
        if (!messages.isEmpty()) {
            return false;
        }
        open = false;
        action.run();
        return true;
    }

    /** Removes the first so many messages. */
    synchronized List<Envelope> take(int atMost) {
        List<Envelope> taken = new ArrayList<>();
        while (taken.size() < atMost && !messages.isEmpty()) {
            Envelope envelope = messages.pollFirstEntry().getValue();
            bytesOnNode.addAndGet(-envelope.sizeBytes());
            taken.add(envelope);
        }
        if (!taken.isEmpty()) {
            leftAfterRemovals = removed.count();
        }
        return taken;
    }

    synchronized int size() {
        return messages.size();
    }
}
