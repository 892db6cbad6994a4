package io.shardhold.internal.kernel;

import io.shardhold.cluster.NodeId;

/** Sees each input before the kernel takes it up: the trace of a simulation. In production nobody looks. */
public interface KernelObserver {
    KernelObserver NONE = (self, input) -> {};

    void onInput(NodeId self, Input input);
}
