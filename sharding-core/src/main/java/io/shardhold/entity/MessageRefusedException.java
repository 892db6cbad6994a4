package io.shardhold.entity;

import org.jspecify.annotations.Nullable;

/** A message that cannot be sent, thrown at the caller: its codec failed, or it is too large. */
public final class MessageRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MessageRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
