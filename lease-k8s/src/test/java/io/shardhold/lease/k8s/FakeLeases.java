package io.shardhold.lease.k8s;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Lease objects with the rules of a real API server, as they were measured: what is refused with which status, what is
 * silently done, what is kept.
 */
final class FakeLeases {
    private static final Pattern MICRO_TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}(Z|[+-]\\d\\d:\\d\\d)");
    private static final DateTimeFormatter SIX_DIGITS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
    private static final Set<String> TOP = Set.of("apiVersion", "kind", "metadata", "spec");
    private static final Set<String> SPEC = Set.of(
            "holderIdentity",
            "leaseDurationSeconds",
            "acquireTime",
            "renewTime",
            "leaseTransitions",
            "strategy",
            "preferredHolder");

    private final Map<String, Map<String, Object>> objects = new TreeMap<>();
    private final Set<String> namespaces = new TreeSet<>(Set.of("default", "shop", "kube-system"));
    private long version = 1_000;
    private Duration clockError = Duration.ZERO;
    private int recreated;

    /** What the server answers. */
    record Reply(int status, Map<String, Object> body, List<String> warnings) {}

    /** The state of a backup. */
    record Backup(Map<String, Map<String, Object>> objects, long version) {}

    /** A refusal on the way. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        final transient Reply reply;

        Refusal(Reply reply) {
            super(null, null, false, false);
            this.reply = reply;
        }
    }

    static Reply status(int code, String reason, String message, String kind, String name) {
        Map<String, Object> details = new LinkedHashMap<>();
        if (!kind.isEmpty()) {
            details.put("name", name);
            details.put("group", "coordination.k8s.io");
            details.put("kind", kind);
        }
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("metadata", Map.of());
        status.put("status", "Failure");
        status.put("message", message);
        status.put("reason", reason);
        status.put("details", details);
        status.put("code", Json.Digits.of(code));
        return new Reply(code, status, List.of());
    }

    private static Refusal refusal(int code, String reason, String message, String name) {
        return new Refusal(status(code, reason, message, "leases", name));
    }

    private static Refusal invalid(String name, String what) {
        return refusal(422, "Invalid", "Lease.coordination.k8s.io \"" + name + "\" is invalid: " + what, name);
    }

    private static Refusal bad(String what) {
        return new Refusal(status(400, "BadRequest", what, "", ""));
    }

    synchronized Reply get(String namespace, String name) {
        Map<String, Object> object = objects.get(namespace + '/' + name);
        return object == null
                ? status(404, "NotFound", "leases.coordination.k8s.io \"" + name + "\" not found", "leases", name)
                : new Reply(200, object, List.of());
    }

    synchronized Reply list(String namespace) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("apiVersion", "coordination.k8s.io/v1");
        list.put("kind", "LeaseList");
        list.put("metadata", Map.of("resourceVersion", Long.toString(version)));
        List<Object> items = new ArrayList<>();
        objects.forEach((key, object) -> {
            if (key.startsWith(namespace + '/')) {
                items.add(object);
            }
        });
        list.put("items", items);
        return new Reply(200, list, List.of());
    }

    synchronized Reply create(String namespace, byte[] body) {
        try {
            List<String> warnings = new ArrayList<>();
            Map<String, Object> object = parse(body, namespace, warnings);
            Map<String, Object> metadata = Json.objectIn(object, "metadata");
            String name = String.valueOf(metadata.get("name"));
            if (!namespaces.contains(namespace)) {
                return status(404, "NotFound", "namespaces \"" + namespace + "\" not found", "namespaces", namespace);
            }
            if (!String.valueOf(metadata.getOrDefault("resourceVersion", "")).isEmpty()) {
                return status(500, "", "resourceVersion should not be set on objects to be created", "", "");
            }
            if (objects.containsKey(namespace + '/' + name)) {
                return status(
                        409,
                        "AlreadyExists",
                        "leases.coordination.k8s.io \"" + name + "\" already exists",
                        "leases",
                        name);
            }
            return new Reply(201, store(namespace, name, object), warnings);
        } catch (Refusal refusal) {
            return refusal.reply;
        }
    }

    synchronized Reply update(String namespace, String name, byte[] body) {
        try {
            List<String> warnings = new ArrayList<>();
            Map<String, Object> object = parse(body, namespace, warnings);
            Map<String, Object> metadata = Json.objectIn(object, "metadata");
            if (!name.equals(metadata.get("name"))) {
                throw bad("the name of the object does not match the name on the URL");
            }
            String expected = String.valueOf(metadata.getOrDefault("resourceVersion", ""));
            Object uid = metadata.get("uid");
            Map<String, Object> present = objects.get(namespace + '/' + name);
            if (!expected.matches("[0-9]*")) {
                return status(500, "", "invalid resource version \"" + expected + "\"", "", "");
            }
            if (present == null) {
                return recreate(namespace, name, object, uid, warnings);
            }
            if (expected.isEmpty() || expected.equals("0")) {
                throw invalid(name, "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update");
            }
            Map<String, Object> old = Json.objectIn(present, "metadata");
            if (uid != null && !uid.equals(old.get("uid"))) {
                throw conflict(name, "Precondition failed: UID in precondition: " + uid);
            }
            if (!expected.equals(old.get("resourceVersion"))) {
                throw conflict(name, "the object has been modified; please apply your changes to the latest version");
            }
            metadata.put("creationTimestamp", old.get("creationTimestamp"));
            metadata.put("uid", old.get("uid"));
            return new Reply(200, object.equals(present) ? present : store(namespace, name, object), warnings);
        } catch (Refusal refusal) {
            return refusal.reply;
        }
    }

    /** An update of what is not there creates it, unless a uid says which one was meant. */
    private Reply recreate(
            String namespace, String name, Map<String, Object> object, Object uid, List<String> warnings) {
        if (uid != null) {
            throw conflict(name, "Precondition failed: UID in precondition: " + uid + ", UID in object meta: ");
        }
        recreated++;
        return new Reply(201, store(namespace, name, object), warnings);
    }

    private static Refusal conflict(String name, String why) {
        return refusal(
                409,
                "Conflict",
                "Operation cannot be fulfilled on leases.coordination.k8s.io \"" + name + "\": " + why,
                name);
    }

    private Map<String, Object> store(String namespace, String name, Map<String, Object> object) {
        Map<String, Object> metadata = Json.objectIn(object, "metadata");
        metadata.put("namespace", namespace);
        metadata.putIfAbsent("uid", UUID.randomUUID().toString());
        metadata.put("resourceVersion", Long.toString(++version));
        metadata.putIfAbsent(
                "creationTimestamp", now().truncatedTo(ChronoUnit.SECONDS).toString());
        metadata.put("managedFields", List.of(Map.of("manager", "fake", "time", now().toString())));
        objects.put(namespace + '/' + name, object);
        return object;
    }

    private Instant now() {
        return Instant.now().plus(clockError);
    }

    private static Map<String, Object> parse(byte[] body, String namespace, List<String> warnings) {
        Map<String, Object> object;
        try {
            object = Json.readObject(body);
        } catch (Json.Malformed e) {
            throw bad("the body is no JSON object: " + e.getMessage());
        }
        if (!"coordination.k8s.io/v1".equals(object.get("apiVersion")) || !"Lease".equals(object.get("kind"))) {
            throw bad("apiVersion and kind are not those of the URL");
        }
        dropUnknown(object, TOP, "", warnings);
        Map<String, Object> metadata = Json.objectIn(object, "metadata");
        String name = String.valueOf(metadata.getOrDefault("name", ""));
        Object inside = metadata.getOrDefault("namespace", namespace);
        if (!namespace.equals(inside)) {
            throw bad("the namespace of the object does not match the namespace on the request");
        }
        if (!ObjectName.isValid(name)) {
            throw invalid(name, "metadata.name: a lowercase RFC 1123 subdomain must consist of lower case characters");
        }
        for (String texts : List.of("annotations", "labels")) {
            if (!Json.objectIn(metadata, texts).values().stream().allMatch(String.class::isInstance)) {
                throw bad("cannot unmarshal into Go struct field ObjectMeta.metadata." + texts + " of type string");
            }
        }
        Map<String, Object> spec = Json.objectIn(object, "spec");
        dropUnknown(spec, SPEC, "spec.", warnings);
        validate(name, spec);
        return object;
    }

    private static void dropUnknown(
            Map<String, Object> fields, Set<String> known, String prefix, List<String> warnings) {
        fields.keySet().removeIf(field -> {
            if (!known.contains(field)) {
                warnings.add("299 - \"unknown field \\\"" + prefix + field + "\\\"\"");
            }
            return !known.contains(field);
        });
    }

    private static void validate(String name, Map<String, Object> spec) {
        Object holder = spec.get("holderIdentity");
        if (holder != null && !(holder instanceof String)) {
            throw bad("cannot unmarshal into Go struct field LeaseSpec.spec.holderIdentity of type string");
        }
        if (int32(spec, "leaseDurationSeconds", 1) <= 0) {
            throw invalid(name, "spec.leaseDurationSeconds: Invalid value: must be greater than 0");
        }
        if (int32(spec, "leaseTransitions", 0) < 0) {
            throw invalid(name, "spec.leaseTransitions: Invalid value: must be greater than or equal to 0");
        }
        microTime(spec, "renewTime");
        microTime(spec, "acquireTime");
    }

    private static int int32(Map<String, Object> spec, String field, int otherwise) {
        Object value = spec.get(field);
        if (value == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(((Json.Digits) value).digits());
        } catch (NumberFormatException | ClassCastException e) {
            throw bad("cannot unmarshal into Go struct field LeaseSpec.spec." + field + " of type int32");
        }
    }

    private static void microTime(Map<String, Object> spec, String field) {
        Object value = spec.get(field);
        if (value == null) {
            return;
        }
        if (!(value instanceof String text) || !MICRO_TIME.matcher(text).matches()) {
            throw bad("parsing time \"" + value + "\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse");
        }
        spec.put(
                field,
                OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC).format(SIX_DIGITS));
    }

    // The hands of an operator, and what a test looks at.

    synchronized void clockError(Duration error) {
        clockError = error;
    }

    synchronized Optional<Map<String, Object>> object(String namespace, String name) {
        return Optional.ofNullable(objects.get(namespace + '/' + name)).map(Json::copy);
    }

    synchronized void delete(String namespace, String name) {
        objects.remove(namespace + '/' + name);
    }

    /** Edits the object as 'kubectl edit' does; creates an empty one if there is none. */
    synchronized void edit(String namespace, String name, Consumer<Map<String, Object>> edit) {
        Map<String, Object> object = object(namespace, name).orElseGet(() -> {
            Map<String, Object> fresh = new LinkedHashMap<>();
            fresh.put("apiVersion", "coordination.k8s.io/v1");
            fresh.put("kind", "Lease");
            fresh.put("metadata", new LinkedHashMap<>(Map.of("name", name)));
            fresh.put("spec", new LinkedHashMap<>());
            return fresh;
        });
        edit.accept(object);
        store(namespace, name, object);
    }

    synchronized Backup backup() {
        return new Backup(new TreeMap<>(objects), version);
    }

    /** As etcd without bumped revisions: what was given out since is given out again. */
    synchronized void restore(Backup backup) {
        objects.clear();
        objects.putAll(backup.objects());
        version = backup.version();
    }

    /** How often an update has brought a deleted object back. */
    synchronized int recreated() {
        return recreated;
    }
}
