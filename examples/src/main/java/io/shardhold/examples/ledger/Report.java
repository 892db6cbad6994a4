package io.shardhold.examples.ledger;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What a child process tells the supervisor: one JSON object per line of its standard output. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "report")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Report.Up.class, name = "up"),
    @JsonSubTypes.Type(value = Report.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = Report.Hosting.class, name = "hosting"),
    @JsonSubTypes.Type(value = Report.Progress.class, name = "progress"),
    @JsonSubTypes.Type(value = Report.Happened.class, name = "happened")
})
sealed interface Report {
    /** The process is a member with the right to serve. */
    record Up() implements Report {
        @Override
        public void handle(Handler handler) {
            handler.onUp(this);
        }
    }

    /** The process cannot go on, and ends. */
    record Failed(String reason) implements Report {
        @Override
        public void handle(Handler handler) {
            handler.onFailed(this);
        }
    }

    /** What a node does at this moment. */
    record Hosting(int shards, boolean mayServe) implements Report {
        @Override
        public void handle(Handler handler) {
            handler.onHosting(this);
        }
    }

    /**
     * How far the router is.
     *
     * @param acknowledged deposits whose receipt has come
     * @param retries asks that failed and were made again
     * @param waitingMillis since the first send of the deposit that now waits longest, 0 if none does
     * @param longestMillis longest time from first send to receipt so far, {@code waitingMillis} included
     * @param lastFailure why the last ask failed, empty if none did
     */
    record Progress(long acknowledged, long retries, long waitingMillis, long longestMillis, String lastFailure)
            implements Report {
        static final Progress NONE = new Progress(0, 0, 0, 0, "");

        @Override
        public void handle(Handler handler) {
            handler.onProgress(this);
        }
    }

    /** Something that changed in the cluster, as the process saw it. */
    record Happened(String text) implements Report {
        @Override
        public void handle(Handler handler) {
            handler.onHappened(this);
        }
    }

    /** Handles each kind of report, so that the compiler counts them. */
    interface Handler {
        void onUp(Up report);

        void onFailed(Failed report);

        void onHosting(Hosting report);

        void onProgress(Progress report);

        void onHappened(Happened report);
    }

    void handle(Handler handler);

    default String toLine() {
        try {
            return Json.WRITER.writeValueAsString(this);
        } catch (JsonProcessingException bug) {
            throw new UncheckedIOException(bug);
        }
    }

    /** The report on this line, if it is one: libraries may print as well. */
    static Optional<Report> parse(String line) {
        if (!line.startsWith("{\"report\":")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.READER.readValue(line));
        } catch (JsonProcessingException noReport) {
            return Optional.empty();
        }
    }

    /** Thread-safe once made. */
    final class Json {
        private static final ObjectMapper MAPPER = new ObjectMapper();
        private static final ObjectWriter WRITER = MAPPER.writerFor(Report.class);
        private static final ObjectReader READER = MAPPER.readerFor(Report.class);

        private Json() {}
    }
}
