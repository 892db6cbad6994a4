package io.shardhold.examples.leasetool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Prints one JSON object per event, each with both clocks. Any thread; a line is printed as a whole. */
final class EventLines {
    private static final JsonFactory JSON = new JsonFactory();

    private final PrintStream out;
    private final Clock clock;
    private final String lease;

    EventLines(PrintStream out, String lease) {
        this(out, lease, Clock.systemUTC());
    }

    EventLines(PrintStream out, String lease, Clock clock) {
        this.out = out;
        this.lease = lease;
        this.clock = clock;
    }

    /** What an event has besides its name and the clocks. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    void print(String event, Fields fields) {
        StringWriter line = new StringWriter();
        synchronized (out) {
            try (JsonGenerator json = JSON.createGenerator(line)) {
                json.writeStartObject();
                json.writeStringField("event", event);
                json.writeStringField("at", millis(clock.instant()));
                json.writeNumberField("monoNanos", System.nanoTime());
                json.writeStringField("lease", lease);
                fields.write(json);
                json.writeEndObject();
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            out.println(line);
            out.flush();
        }
    }

    /** The believed end of a grant on both clocks; the wall clock's is what it shows then if nobody sets it. */
    void writeDeadline(JsonGenerator json, long deadlineMonoNanos) throws IOException {
        Duration left = Duration.ofNanos(deadlineMonoNanos - System.nanoTime());
        json.writeStringField("deadlineAt", millis(clock.instant().plus(left)));
        json.writeNumberField("deadlineMonoNanos", deadlineMonoNanos);
    }

    private static String millis(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
