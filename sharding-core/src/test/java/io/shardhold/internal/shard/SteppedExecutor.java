package io.shardhold.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.internal.kernel.EntityExecutor;
import io.shardhold.internal.kernel.EntityTask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Runs tasks when told to, with time between the beginning and the end of a step. One thread. */
final class SteppedExecutor implements EntityExecutor {
    private final Deque<EntityTask> waiting = new ArrayDeque<>();
    private final List<EntityTask> running = new ArrayList<>();

    @Override
    public void execute(EntityTask task) {
        assertThat(waiting).as("a task is handed in once").doesNotContain(task);
        assertThat(running).as("a task is handed in once").doesNotContain(task);
        waiting.add(task);
    }

    int waiting() {
        return waiting.size();
    }

    /** Begins the task that waits longest; whether it is in a step now. */
    boolean begin() {
        EntityTask task = waiting.remove();
        if (!task.begin()) {
            return false;
        }
        task.run();
        running.add(task);
        return true;
    }

    /** Ends the step that began first; its task waits for its next. */
    void end() {
        EntityTask task = running.remove(0);
        task.end();
        waiting.add(task);
    }

    /** Runs until nothing is left to do. */
    void runAll() {
        while (!running.isEmpty()) {
            end();
        }
        while (!waiting.isEmpty()) {
            if (begin()) {
                end();
            }
        }
    }
}
