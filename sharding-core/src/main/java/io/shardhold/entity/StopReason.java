package io.shardhold.entity;

/** Why an entity stops. */
public enum StopReason {
    /** It asked for it with {@link EntityContext#stop()}. */
    ASKED,
    /** Its shard moves to another node. */
    HAND_OFF,
    /** Its node leaves. */
    LEAVING
}
