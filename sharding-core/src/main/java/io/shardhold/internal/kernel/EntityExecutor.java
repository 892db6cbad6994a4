package io.shardhold.internal.kernel;

/** Runs entities: a pool of workers in production, virtual time in the simulation. Any thread. */
public interface EntityExecutor {
    /** Runs the task until it has nothing more to take up. A task is handed in again only after that. */
    void execute(EntityTask task);
}
