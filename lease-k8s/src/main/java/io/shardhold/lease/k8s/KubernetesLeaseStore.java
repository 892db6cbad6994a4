package io.shardhold.lease.k8s;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseRuntime;
import io.shardhold.lease.LeaseStore;
import io.shardhold.lease.StoreAnswer;
import io.shardhold.lease.k8s.ApiClient.Answer;
import io.shardhold.lease.k8s.ApiClient.Call;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Records of leases as Lease objects of one namespace. What the server answers becomes:
 *
 * <pre>
 *   GET   200 Found   404 Absent   anything else Failed or Unknown, which for a read is the same
 *   PUT   200 Stored  404, 409 Conflict
 *   POST  201 Stored  409 Conflict
 *   a write with 400, 401, 403, 404 of a namespace, 413, 422, 429 or a redirect: Failed, nothing was done
 *   a write with 408, 5xx, a body that is no Lease, a broken connection, no answer in time: Unknown
 * </pre>
 *
 * <p>The server compares, as every PUT carries uid and resourceVersion: without the version it would be refused, without
 * the uid it would bring a deleted object back. Without a resourceVersion in the query a GET is answered by a quorum.
 */
final class KubernetesLeaseStore implements LeaseStore {
    private static final int MOST_OF_A_MESSAGE = 300;
    private static final String RBAC =
            ": let the service account get, create and update leases of coordination.k8s.io, as"
                    + " docs/k8s/rbac.yaml does";

    private final Endpoint endpoint;
    private final ApiClient client;
    private final LeaseRuntime runtime;
    private final String collection;

    /**
     * @param timeout of each call, in real time
     * @param runtime says what time it is, for people who look at the object and for files that are read again
     * @throws IllegalArgumentException if certificates cannot be used
     */
    KubernetesLeaseStore(Endpoint endpoint, Duration timeout, LeaseRuntime runtime) {
        this.endpoint = endpoint;
        this.client = new ApiClient(endpoint, timeout, runtime::monoNanos);
        this.runtime = runtime;
        this.collection = "/apis/coordination.k8s.io/v1/namespaces/" + endpoint.namespace() + "/leases";
        client.check();
    }

    @Override
    public CompletionStage<StoreAnswer> read(String name) {
        String object = ObjectName.of(name);
        return send(new Call("GET", collection + '/' + object, null), answer -> onRead(answer, object));
    }

    @Override
    public CompletionStage<StoreAnswer> compareAndSet(String name, @Nullable Version expected, LeaseRecord next) {
        String object = ObjectName.of(name);
        if (expected == null) {
            byte[] body = LeaseObject.create(object, name, next, runtime.wallMillis());
            return send(new Call("POST", collection, body), answer -> onWritten(answer, object, next, null));
        }
        LeaseObject.Version seen = (LeaseObject.Version) expected;
        byte[] body = LeaseObject.replace(seen, next, runtime.wallMillis());
        return send(
                new Call("PUT", collection + '/' + object, body),
                answer -> onWritten(answer, object, next, seen.uid()));
    }

    @Override
    public void close() {
        client.close();
    }

    private interface Reading {
        StoreAnswer of(Answer answer);
    }

    private CompletionStage<StoreAnswer> send(Call call, Reading reading) {
        return client.send(call)
                .handle((answer, failure) -> failure == null ? reading.of(answer) : onFailure(call, failure));
    }

    /** Of a call without an answer nobody knows, unless it never left. */
    private StoreAnswer onFailure(Call call, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof IllegalArgumentException) {
            return new StoreAnswer.Failed(String.valueOf(cause.getMessage()));
        }
        String what = cause instanceof TimeoutException
                ? String.valueOf(cause.getMessage())
                : cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ", " + cause.getMessage());
        return new StoreAnswer.Unknown(call.method() + " to " + endpoint.server() + ": " + shown(what));
    }

    private StoreAnswer onRead(Answer answer, String object) {
        if (answer.status() == 200) {
            try {
                LeaseObject.Version lease = LeaseObject.read(answer.body(), object);
                return new StoreAnswer.Found(lease.record(), lease);
            } catch (Json.Malformed e) {
                return new StoreAnswer.Failed("the answer is of no use: " + e.getMessage());
            }
        }
        if (answer.status() == 404 && isAbsence(answer)) {
            return new StoreAnswer.Absent();
        }
        return refusal(answer);
    }

    /** A 404 may also come from what is between, or from a server that has no leases at all. */
    private static boolean isAbsence(Answer answer) {
        if (answer.body().length == 0) {
            return true;
        }
        Map<String, @Nullable Object> status = status(answer);
        String kind = Json.textIn(Json.objectIn(status, "details"), "kind");
        return "Status".equals(Json.textIn(status, "kind")) && (kind == null || kind.equals("leases"));
    }

    private StoreAnswer onWritten(Answer answer, String object, LeaseRecord next, @Nullable String uid) {
        return switch (answer.status()) {
            case 200, 201 -> onStored(answer, object, next, uid);
            case 409 -> new StoreAnswer.Conflict();
            case 404 -> uid == null ? refusal(answer) : new StoreAnswer.Conflict();
            default -> refusal(answer);
        };
    }

    /** Believed only if it shows what was to be written, in the object that was meant. */
    private static StoreAnswer onStored(Answer answer, String object, LeaseRecord next, @Nullable String uid) {
        try {
            LeaseObject.Version lease = LeaseObject.read(answer.body(), object);
            LeaseRecord written = lease.record();
            boolean same = written.owner().equals(next.owner())
                    && written.token() == next.token()
                    && written.renewals() == next.renewals()
                    && written.released() == next.released()
                    && (uid == null || uid.equals(lease.uid()));
            return same
                    ? new StoreAnswer.Stored(lease)
                    : new StoreAnswer.Unknown("the server shows another Lease than the one that was written");
        } catch (Json.Malformed e) {
            return new StoreAnswer.Unknown("written, but the answer is of no use: " + e.getMessage());
        }
    }

    /** What is neither done nor a matter of versions. */
    private StoreAnswer refusal(Answer answer) {
        int status = answer.status();
        String message = status + " from " + endpoint.server() + said(answer);
        if (status >= 500 || status == 408 || status < 300) {
            return new StoreAnswer.Unknown(message);
        }
        return new StoreAnswer.Failed(
                switch (status) {
                    case 401 -> message + ": the credentials are not known or have expired; have new ones issued";
                    case 403 -> message + RBAC + " in namespace " + endpoint.namespace();
                    case 404 ->
                        message + ": create namespace " + endpoint.namespace()
                                + " or name another, and check the path of the server";
                    case 429 ->
                        message + (answer.retryAfter().isEmpty() ? "" : ", retry after " + answer.retryAfter() + " s")
                                + ": the server is overloaded; docs/k8s/flowschema.yaml gives leases precedence";
                    default -> status < 400 ? message + ": redirects are not followed; correct the URL" : message;
                });
    }

    private static String said(Answer answer) {
        String message = Json.textIn(status(answer), "message");
        return message == null || message.isEmpty() ? "" : ", " + shown(message);
    }

    private static Map<String, @Nullable Object> status(Answer answer) {
        try {
            return Json.readObject(answer.body());
        } catch (Json.Malformed e) {
            return Map.of();
        }
    }

    private static String shown(String text) {
        return text.substring(0, Math.min(MOST_OF_A_MESSAGE, text.length())).replaceAll("\\p{Cntrl}", " ");
    }
}
