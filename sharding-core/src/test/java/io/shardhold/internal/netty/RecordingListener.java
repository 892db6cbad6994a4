package io.shardhold.internal.netty;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.kernel.TransportListener;
import io.shardhold.internal.protocol.ControlMessage;
import io.shardhold.internal.protocol.DataMessage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what a transport tells; for more messages than a test wants to keep, only their number. */
final class RecordingListener implements TransportListener {
    private static final int KEPT = 5_000;

    record Control(NodeId from, ControlMessage message) {}

    record Data(NodeId from, DataMessage message) {}

    record Loss(NodeId peer, List<DataMessage> unsent, long inDoubt) {}

    record Notice(String address, String why) {}

    final List<Control> control = new CopyOnWriteArrayList<>();
    final List<Data> data = new CopyOnWriteArrayList<>();
    final List<Loss> losses = new CopyOnWriteArrayList<>();
    final List<Notice> unreachable = new CopyOnWriteArrayList<>();
    final List<Notice> refused = new CopyOnWriteArrayList<>();
    final Set<String> controlThreads = ConcurrentHashMap.newKeySet();
    final Set<String> dataThreads = ConcurrentHashMap.newKeySet();
    final AtomicLong dataCount = new AtomicLong();
    final AtomicLong newest = new AtomicLong();

    @Override
    public void onControl(NodeId from, ControlMessage message) {
        controlThreads.add(Thread.currentThread().getName());
        control.add(new Control(from, message));
    }

    @Override
    public void onData(NodeId from, DataMessage message) {
        dataThreads.add(Thread.currentThread().getName());
        if (dataCount.incrementAndGet() <= KEPT) {
            data.add(new Data(from, message));
        }
    }

    @Override
    public void onDataLinkLost(NodeId peer, List<DataMessage> unsent, long inDoubt) {
        losses.add(new Loss(peer, unsent, inDoubt));
    }

    @Override
    public void onUnreachable(String address, String why) {
        unreachable.add(new Notice(address, why));
    }

    @Override
    public void onOutdated(long newestIncarnation) {
        newest.set(newestIncarnation);
    }

    @Override
    public void onPeerRefused(String address, String why) {
        refused.add(new Notice(address, why));
    }
}
