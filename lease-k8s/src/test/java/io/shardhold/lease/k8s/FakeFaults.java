package io.shardhold.lease.k8s;

import java.time.Duration;

/**
 * What goes wrong with each request to a {@link FakeApiServer}.
 *
 * <pre>{@code
 * server.faults(request -> request.isWrite() ? FakeFaults.Fault.of(FakeFaults.Kind.DROP_AFTER) : FakeFaults.Fault.NONE);
 * }</pre>
 */
@FunctionalInterface
public interface FakeFaults {
    /** Nothing goes wrong. */
    FakeFaults NONE = request -> Fault.NONE;

    /** Asked once per request, after it has come, on any thread. */
    Fault onRequest(Request request);

    /**
     * A request that has come.
     *
     * @param number 1 for the first that this server got, and so on
     */
    record Request(String method, String path, long number) {
        public boolean isWrite() {
            return !method.equals("GET");
        }
    }

    /** What becomes of a request. */
    enum Kind {
        /** It is done and answered. */
        NONE,
        /** It is not done and answered with a status. */
        REFUSE,
        /** It is done and answered with a status. */
        DONE_BUT,
        /** The connection is closed before anything is done. */
        DROP_BEFORE,
        /** It is done; the connection is closed instead of an answer. */
        DROP_AFTER,
        /** It is neither done nor answered; the connection stays. */
        SILENT_BEFORE,
        /** It is done and not answered; the connection stays. */
        SILENT_AFTER,
        /** It is done; the body of the answer stops half way, and the connection stays. */
        STALL_BODY,
        /** It is done; the connection is closed half way in the body. */
        CUT_BODY,
        /** It is done; the body is longer than anybody expects. */
        LONG_BODY,
        /** It is done; the body is no JSON. */
        GARBAGE,
        /** It is done and answered, and the server closes the connection: what GOAWAY is over HTTP/1.1. */
        LAST_ANSWER
    }

    /**
     * What goes wrong with one request.
     *
     * @param status of REFUSE and DONE_BUT
     * @param delay before it is done
     */
    record Fault(Kind kind, int status, Duration delay) {
        public static final Fault NONE = of(Kind.NONE);

        public static Fault of(Kind kind) {
            return new Fault(kind, 0, Duration.ZERO);
        }

        public static Fault refuse(int status) {
            return new Fault(Kind.REFUSE, status, Duration.ZERO);
        }

        public static Fault doneBut(int status) {
            return new Fault(Kind.DONE_BUT, status, Duration.ZERO);
        }

        public static Fault late(Duration delay) {
            return new Fault(Kind.NONE, 0, delay);
        }

        public Fault status(int code) {
            return new Fault(kind, code, delay);
        }

        public Fault after(Duration wait) {
            return new Fault(kind, status, wait);
        }
    }
}
