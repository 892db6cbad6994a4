package io.shardhold.examples.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs the fleet: starts it, lets the router send, kills and restarts nodes as the schedule says, and watches. One thread;
 * everything reaches it through the inbox.
 */
final class Supervisor {
    /** Longer than any takeover: detection, stable time, consent and margin, founding again included. */
    private static final Duration STALLED_AFTER = Duration.ofSeconds(60);

    /** Longer than a takeover after the death of a member, so that others answer for its accounts meanwhile. */
    static final Duration DOWN_TIME = Duration.ofSeconds(10);

    private static final long TICK_MILLIS = 100;
    private static final long SHOW_EVERY_NANOS = 200_000_000L;

    /** How a run ended. */
    record Outcome(Report.Progress progress, Optional<String> failure) {}

    private final Fleet fleet;
    private final KillSchedule schedule;
    private final Display display;
    private final BlockingQueue<ChildProcess.Message> inbox;
    private final long total;
    private final long startNanos;
    private final Rate rate = new Rate();
    private Report.Progress progress = Report.Progress.NONE;
    private Optional<String> failure = Optional.empty();
    private boolean sending;
    private long sendLimit;
    private long lastMoveNanos;
    private long shownNanos;

    Supervisor(
            Fleet fleet,
            KillSchedule schedule,
            Display display,
            BlockingQueue<ChildProcess.Message> inbox,
            long total,
            long startNanos) {
        this.fleet = fleet;
        this.schedule = schedule;
        this.display = display;
        this.inbox = inbox;
        this.total = total;
        this.startNanos = startNanos;
    }

    /** Returns when every deposit is acknowledged and every victim is back, or when that cannot be hoped for. */
    Outcome run() throws IOException, InterruptedException {
        fleet.startAll();
        moved();
        while (failure.isEmpty() && !(progress.acknowledged() == total && schedule.isDone())) {
            ChildProcess.Message message = inbox.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            if (message != null) {
                onMessage(message);
            }
            onTick(System.nanoTime());
        }
        show();
        return new Outcome(progress, failure);
    }

    private void onTick(long now) throws IOException {
        if (!sending && fleet.isEveryoneUp()) {
            sending = true;
            moved();
            event("all members are up; the router sends " + total + " deposits");
        }
        if (sending) {
            Optional<KillSchedule.Action> action = schedule.next(
                    now,
                    progress.acknowledged(),
                    node -> fleet.nodes().get(node).isUp());
            if (action.isPresent()) {
                act(action.get());
            }
            if (schedule.sendLimit() > sendLimit) {
                sendLimit = schedule.sendLimit();
                fleet.command(fleet.router(), "send " + sendLimit);
            }
        }
        if (failure.isEmpty() && now - lastMoveNanos > STALLED_AFTER.toNanos()) {
            failure = Optional.of(stalled());
        }
        if (now - shownNanos >= SHOW_EVERY_NANOS) {
            shownNanos = now;
            show();
        }
    }

    private void act(KillSchedule.Action action) throws IOException {
        moved();
        if (action instanceof KillSchedule.Action.Kill kill) {
            Fleet.Slot node = fleet.nodes().get(kill.node());
            event(node.name() + " is killed with SIGKILL, " + node.shards() + " shards lose their home");
            fleet.kill(node);
        } else if (action instanceof KillSchedule.Action.Restart restart) {
            Fleet.Slot node = fleet.nodes().get(restart.node());
            event(node.name() + " is started again");
            fleet.start(node);
        }
    }

    private String stalled() {
        String why = progress.lastFailure().isEmpty() ? "" : "; the last failure: " + progress.lastFailure();
        return "nothing has moved for " + STALLED_AFTER.toSeconds() + " s, " + progress.acknowledged() + " of " + total
                + " deposits are acknowledged" + why;
    }

    private void moved() {
        lastMoveNanos = System.nanoTime();
    }

    private void onMessage(ChildProcess.Message message) {
        slotOf(message.from()).ifPresent(slot -> {
            if (message instanceof ChildProcess.Message.Reported reported) {
                reported.report().handle(new Reports(slot));
            } else if (message instanceof ChildProcess.Message.Ended ended) {
                onEnded(slot, ended);
            }
        });
    }

    /** The member whose present process this is; a killed one's last words come late and count no more. */
    private Optional<Fleet.Slot> slotOf(ChildProcess child) {
        if (fleet.router().runs(child)) {
            return Optional.of(fleet.router());
        }
        return fleet.nodes().stream().filter(node -> node.runs(child)).findFirst();
    }

    private void onEnded(Fleet.Slot slot, ChildProcess.Message.Ended ended) {
        if (slot.state() == Fleet.State.KILLED) {
            return;
        }
        slot.become(Fleet.State.ENDED);
        if (failure.isEmpty()) {
            failure = Optional.of(slot.name() + " ended by itself with status " + ended.exitCode()
                    + "; the end of its log:\n" + ended.from().lastLogLines());
        }
    }

    /** Handles what one member reports. */
    private final class Reports implements Report.Handler {
        private final Fleet.Slot slot;

        Reports(Fleet.Slot slot) {
            this.slot = slot;
        }

        @Override
        public void onUp(Report.Up report) {
            if (slot.state() == Fleet.State.STARTING) {
                moved();
                slot.become(Fleet.State.UP);
                event(slot.name() + " is up");
            }
        }

        @Override
        public void onFailed(Report.Failed report) {
            failure = Optional.of(slot.name() + ": " + report.reason());
        }

        @Override
        public void onHosting(Report.Hosting report) {
            if (slot.state() != Fleet.State.KILLED) {
                slot.becomeHosting(report.shards(), report.mayServe());
            }
        }

        @Override
        public void onProgress(Report.Progress report) {
            if (report.acknowledged() > progress.acknowledged()) {
                moved();
            }
            progress = report;
            rate.add(System.nanoTime(), report.acknowledged());
        }

        @Override
        public void onHappened(Report.Happened report) {
            event(slot.name() + " " + report.text());
        }
    }

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private void event(String text) {
        display.event(seconds(), text);
    }

    private void show() {
        List<Display.Member> nodes = fleet.nodes().stream()
                .map(node -> new Display.Member(node.name(), node.port(), node.state(), node.shards()))
                .toList();
        display.show(
                new Display.Snapshot(seconds(), progress.acknowledged(), total, rate.perSecond(), progress, nodes));
    }
}
