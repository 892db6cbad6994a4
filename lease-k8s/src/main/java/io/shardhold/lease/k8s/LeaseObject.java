package io.shardhold.lease.k8s;

import io.shardhold.lease.LeaseRecord;
import io.shardhold.lease.LeaseStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Lease of {@code coordination.k8s.io/v1} as it was read, and the record that it stands for. It is written back as it was
 * read but for the fields of ours, so labels, annotations and fields of others stay.
 *
 * <p>{@code spec.holderIdentity} is the owner with its incarnation, {@code leaseDurationSeconds} the ttl. Released is an object
 * without a holder whose duration is 1 or absent, as client-go leaves it too: without a holder but with the duration of a
 * grant, somebody has emptied the field by hand, and the holder may believe. {@code renewTime} and {@code acquireTime} are for people and are never compared with a clock. Token, owner and number
 * of renewals are annotations, because the object has no field for them, or loses it with a release.
 */
final class LeaseObject {
    static final String TOKEN = "shardhold.io/token";
    static final String OWNER = "shardhold.io/owner";
    static final String RENEWALS = "shardhold.io/renewals";
    static final String LEASE = "shardhold.io/lease";

    /** The duration of an object that is released; a grant has a longer one. */
    static final long RELEASED_SECONDS = 1;

    /** The owner of an object that is not released and names none: waited for like any. */
    private static final String NOBODY = "nobody";

    /** The server takes six digits of a fraction, not more and not less. */
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private LeaseObject() {}

    /**
     * An object at one moment, as it was read. A server that was restored from a backup gives out the same resource
     * versions once more, for other contents: so the contents count as well. Those of others do not, as not every server of
     * a cluster that is being upgraded may show them.
     */
    static final class Version implements LeaseStore.Version {
        private final String uid;
        private final String resourceVersion;
        private final LeaseRecord record;
        private final String times;
        private final Map<String, @Nullable Object> tree;

        private Version(
                String uid,
                String resourceVersion,
                LeaseRecord record,
                String times,
                Map<String, @Nullable Object> tree) {
            this.uid = uid;
            this.resourceVersion = resourceVersion;
            this.record = record;
            this.times = times;
            this.tree = tree;
        }

        LeaseRecord record() {
            return record;
        }

        String uid() {
            return uid;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Version that
                    && uid.equals(that.uid)
                    && resourceVersion.equals(that.resourceVersion)
                    && record.equals(that.record)
                    && times.equals(that.times);
        }

        @Override
        public int hashCode() {
            return Objects.hash(uid, resourceVersion);
        }

        @Override
        public String toString() {
            return uid + '@' + resourceVersion;
        }
    }

    /** @throws Json.Malformed naming the field, its value and the remedy */
    static Version read(byte[] body, String objectName) throws Json.Malformed {
        Map<String, @Nullable Object> tree = Json.readObject(body);
        Map<String, @Nullable Object> metadata = Json.objectIn(tree, "metadata");
        String uid = Json.textIn(metadata, "uid");
        String resourceVersion = Json.textIn(metadata, "resourceVersion");
        if (uid == null || resourceVersion == null || !objectName.equals(Json.textIn(metadata, "name"))) {
            throw new Json.Malformed("not the Lease '" + objectName + "', or one without uid and resourceVersion");
        }
        LeaseRecord record = record(tree, objectName);
        Map<String, @Nullable Object> spec = Json.objectIn(tree, "spec");
        String times = spec.get("renewTime") + "/" + spec.get("acquireTime") + '/' + spec.get("leaseTransitions");
        return new Version(uid, resourceVersion, record, times, tree);
    }

    private static LeaseRecord record(Map<String, @Nullable Object> tree, String objectName) throws Json.Malformed {
        Map<String, @Nullable Object> spec = Json.objectIn(tree, "spec");
        Map<String, @Nullable Object> annotations = Json.objectIn(Json.objectIn(tree, "metadata"), "annotations");
        String holder = Objects.requireNonNullElse(Json.textIn(spec, "holderIdentity"), "");
        String owner = Objects.requireNonNullElse(Json.textIn(annotations, OWNER), "");
        long seconds = number(spec, "leaseDurationSeconds");
        boolean released = holder.isEmpty() && seconds <= RELEASED_SECONDS;
        return new LeaseRecord(
                !holder.isEmpty() ? holder : released || !owner.isEmpty() ? owner : NOBODY,
                Math.max(token(annotations, objectName), number(spec, "leaseTransitions")),
                Duration.ofSeconds(seconds),
                renewals(annotations),
                released);
    }

    private static long token(Map<String, @Nullable Object> annotations, String objectName) throws Json.Malformed {
        Object value = annotations.get(TOKEN);
        if (value == null) {
            return 0;
        }
        try {
            long token = Long.parseLong(value.toString());
            if (token >= 0) {
                return token;
            }
        } catch (NumberFormatException e) {
            // As one that is negative.
        }
        String shown = value.toString();
        throw new Json.Malformed("annotation " + TOKEN + " of Lease '" + objectName + "' is '"
                + shown.substring(0, Math.min(40, shown.length())).replaceAll("\\p{Cntrl}", "?")
                + "', no number of 0 or more: correct it with 'kubectl annotate --overwrite lease " + objectName + ' '
                + TOKEN + "=N', N the highest token that was granted");
    }

    /** Another client may have written it, or nobody: what is no number is 0. */
    private static long number(Map<String, @Nullable Object> fields, String field) {
        try {
            Object value = fields.get(field);
            return value instanceof Json.Digits number ? Math.max(0, Long.parseLong(number.digits())) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static long renewals(Map<String, @Nullable Object> annotations) {
        try {
            return Long.parseLong(String.valueOf(annotations.get(RENEWALS)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** A new object with this record. */
    static byte[] create(String objectName, String leaseName, LeaseRecord next, long wallMillis) {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("name", objectName);
        if (!leaseName.equals(objectName)) {
            metadata.put("annotations", new LinkedHashMap<>(Map.of(LEASE, leaseName)));
        }
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", "coordination.k8s.io/v1");
        tree.put("kind", "Lease");
        tree.put("metadata", metadata);
        change(tree, next, false, wallMillis);
        Map<String, @Nullable Object> spec = inTree(tree, "spec");
        spec.put("acquireTime", spec.get("renewTime"));
        spec.put("leaseTransitions", Json.Digits.of(0));
        return Json.write(tree);
    }

    /** The object of this version with this record in place of its own. */
    static byte[] replace(Version expected, LeaseRecord next, long wallMillis) {
        LeaseRecord before = expected.record;
        boolean granted = !next.released()
                && (before.released()
                        || before.token() != next.token()
                        || !before.owner().equals(next.owner()));
        Map<String, @Nullable Object> tree = Json.copy(expected.tree);
        change(tree, next, granted, wallMillis);
        return Json.write(tree);
    }

    private static void change(Map<String, @Nullable Object> tree, LeaseRecord next, boolean granted, long wallMillis) {
        Map<String, @Nullable Object> metadata = inTree(tree, "metadata");
        Map<String, @Nullable Object> annotations = inTree(metadata, "annotations");
        annotations.put(TOKEN, Long.toString(next.token()));
        annotations.put(OWNER, next.owner());
        annotations.put(RENEWALS, Long.toString(next.renewals()));
        Map<String, @Nullable Object> spec = inTree(tree, "spec");
        String now = MICRO_TIME.format(Instant.ofEpochMilli(wallMillis));
        spec.put("holderIdentity", next.released() ? "" : next.owner());
        spec.put("leaseDurationSeconds", Json.Digits.of(next.released() ? RELEASED_SECONDS : wholeSeconds(next.ttl())));
        spec.put("renewTime", now);
        if (granted) {
            spec.put("acquireTime", now);
            long transitions = number(spec, "leaseTransitions") + 1;
            spec.put("leaseTransitions", Json.Digits.of(Math.min(Integer.MAX_VALUE, transitions)));
        }
    }

    private static long wholeSeconds(Duration ttl) {
        long seconds = ttl.plusSeconds(1).minusNanos(1).toSeconds();
        return Math.max(1, Math.min(Integer.MAX_VALUE, seconds));
    }

    /** As {@link Json#objectIn}, but part of the tree. */
    private static Map<String, @Nullable Object> inTree(Map<String, @Nullable Object> parent, String field) {
        Map<String, @Nullable Object> child = Json.objectIn(parent, field);
        parent.put(field, child);
        return child;
    }
}
