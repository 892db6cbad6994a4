package io.shardhold.examples.ledger;

import io.shardhold.cluster.ClusterEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * A child's two pipes to the supervisor: reports go out on standard output, commands come in on standard input. When that
 * ends the supervisor is gone, and the child ends too, at once, so that none is ever left behind.
 */
final class SupervisorLink {
    /** Reports that wait for the pipe; a report more is dropped rather than block a thread of the sharding. */
    private static final int WAITING_AT_MOST = 1_000;

    private final BlockingQueue<Report> reports = new ArrayBlockingQueue<>(WAITING_AT_MOST);
    private final PrintStream out = System.out;

    private SupervisorLink() {}

    /** Opens the link; commands arrive line by line on a thread of its own. */
    static SupervisorLink open(Consumer<String> onCommand) {
        SupervisorLink link = new SupervisorLink();
        daemon("supervisor-reader", () -> link.read(onCommand)).start();
        daemon("supervisor-writer", link::write).start();
        return link;
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Sends a report soon. Any thread; never blocks. */
    void report(Report report) {
        if (!reports.offer(report)) {
            System.getLogger("io.shardhold.examples.ledger")
                    .log(System.Logger.Level.WARNING, "the supervisor does not read; dropped " + report);
        }
    }

    /** Reports what an event says, if it explains what the display shows. Any thread; never blocks. */
    void happened(ClusterEvent event) {
        EventTexts.of(event).ifPresent(text -> report(new Report.Happened(text)));
    }

    /** Sends a last report and ends the process. */
    void fail(String reason) {
        synchronized (out) {
            out.println(new Report.Failed(reason).toLine());
            out.flush();
        }
        Runtime.getRuntime().halt(1);
    }

    private void read(Consumer<String> onCommand) {
        try {
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                onCommand.accept(command);
            }
        } catch (IOException gone) {
            // the same as the end
        }
        Runtime.getRuntime().halt(0);
    }

    private void write() {
        try {
            while (true) {
                String line = reports.take().toLine();
                synchronized (out) {
                    out.println(line);
                    out.flush();
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
