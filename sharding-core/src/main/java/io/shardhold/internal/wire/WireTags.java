package io.shardhold.internal.wire;

import io.shardhold.cluster.MemberStatus;
import io.shardhold.cluster.UndeliveredReason;
import io.shardhold.internal.protocol.CoordinatorMessage.Worry;
import io.shardhold.internal.protocol.DetectorMessage.Consent;
import io.shardhold.internal.protocol.EntryKey;
import io.shardhold.internal.protocol.MembershipMessage.Standing;
import java.util.List;

/**
 * All tags of the wire format. A tag is never reused and never changes its meaning; what is added here shows up in
 * {@code wire-tags.txt}, which a test compares. Messages of both planes share one range, 0 is nobody's.
 */
final class WireTags {
    static final int ENVELOPE = 1;
    static final int BOUNCE = 2;
    static final int REPLY = 3;
    static final int ASK_FAILURE = 4;
    static final int MARKER = 5;
    static final int MARKER_ANSWER = 6;

    static final int SEEK = 10;
    static final int SEEK_REPLY = 11;
    static final int AGREE_REQUEST = 12;
    static final int AGREED = 13;
    static final int AGREE_REFUSED = 14;
    static final int JOIN_REFUSED = 15;
    static final int JOINED = 16;
    static final int VERDICT_NOTICE = 17;

    static final int PROBE_ACK = 30;

    static final int PROBE = 40;
    static final int PROMISE_REQUEST = 41;
    static final int READ_REQUEST = 42;
    static final int REPLICATE = 43;
    static final int BEAT = 44;
    static final int RESIGNED = 45;
    static final int GOODBYE = 46;

    static final int PROMISED = 60;
    static final int PROMISE_REFUSED = 61;
    static final int READ_PAGE = 62;
    static final int ACCEPTED = 63;
    static final int REPLICATE_REFUSED = 64;
    static final int BEAT_ACK = 65;
    static final int RESIGNED_ACK = 66;
    static final int JOIN_REQUEST = 67;
    static final int LEAVE_REQUEST = 68;
    static final int FAREWELL = 69;
    static final int REGISTER = 70;
    static final int HOME_QUERY = 71;
    static final int SHARDS_HOSTED = 72;
    static final int HAND_OFF_BEGUN = 73;
    static final int SHARDS_STOPPED = 74;
    static final int SHARD_KEPT = 75;
    static final int DIRECTIVE_REFUSED = 76;

    static final int MAP_DIGEST = 100;
    static final int MAP_PULL = 101;
    static final int MAP_PAGE = 102;

    static final int ANNOUNCE = 110;
    static final int REGISTERED = 111;
    static final int HOST_SHARDS = 112;
    static final int BEGIN_HAND_OFF = 113;
    static final int HAND_OFF = 114;
    static final int STOP_ACKNOWLEDGED = 115;
    static final int HOST_MOVED = 116;
    static final int SHARDS_STARTED = 117;

    static final int HELLO_ACCEPTED = 1;
    static final int HELLO_REFUSED = 2;

    /** Entries of the map begin with the tag of their key's kind. */
    static final EnumTags<EntryKey.Kind> ENTRY_KIND =
            new EnumTags<>("EntryKey.Kind", EntryKey.Kind.values(), kind -> switch (kind) {
                case SEATS -> 1;
                case TYPE -> 2;
                case MEMBER -> 3;
                case PLACEMENT -> 4;
            });

    static final EnumTags<MemberStatus> MEMBER_STATUS =
            new EnumTags<>("MemberStatus", MemberStatus.values(), status -> switch (status) {
                case UP -> 1;
                case LEAVING -> 2;
                case LEFT -> 3;
                case DOWN -> 4;
            });

    static final EnumTags<Standing> STANDING =
            new EnumTags<>("Standing", Standing.values(), standing -> switch (standing) {
                case SEEKING -> 1;
                case WOULD_GIVE_UP -> 2;
                case MEMBER -> 3;
            });

    static final EnumTags<Consent> CONSENT = new EnumTags<>("Consent", Consent.values(), consent -> switch (consent) {
        case GIVEN -> 1;
        case UNKNOWN -> 2;
        case WITHHELD -> 3;
        case REMOVED -> 4;
    });

    static final EnumTags<Worry> WORRY = new EnumTags<>("Worry", Worry.values(), worry -> switch (worry) {
        case SILENT -> 1;
        case WITHOUT_RIGHT -> 2;
        case REPLACED -> 3;
        case GOODBYE -> 4;
    });

    static final EnumTags<UndeliveredReason> UNDELIVERED =
            new EnumTags<>("UndeliveredReason", UndeliveredReason.values(), reason -> switch (reason) {
                case PARKED_FULL -> 1;
                case MAILBOX_FULL -> 2;
                case OUTBOUND_FULL -> 3;
                case ENTITY_LIMIT -> 4;
                case LINK_LOST -> 5;
                case CODEC_FAILED -> 6;
                case FACTORY_FAILED -> 7;
                case HANDLER_FAILED -> 8;
                case UNKNOWN_TYPE -> 9;
                case CLOSED -> 11;
                case TIMED_OUT -> 12;
                case TOO_MANY_ASKS -> 13;
                case REBORN -> 14;
            });

    static final EnumTags<Handshake.Plane> PLANE =
            new EnumTags<>("Handshake.Plane", Handshake.Plane.values(), plane -> switch (plane) {
                case CONTROL -> 1;
                case DATA -> 2;
            });

    static final EnumTags<Handshake.Refusal> REFUSAL =
            new EnumTags<>("Handshake.Refusal", Handshake.Refusal.values(), refusal -> switch (refusal) {
                case OTHER -> 1;
                case PROTOCOL -> 2;
                case CLUSTER_NAME -> 3;
                case SETTINGS -> 4;
                case NOT_WANTED -> 5;
                case STALE -> 6;
                case SELF -> 7;
                case NOT_STARTED -> 8;
                case TOO_MANY -> 9;
            });

    static final EnumTags<FrameKind> FRAME_KIND =
            new EnumTags<>("FrameKind", FrameKind.values(), kind -> switch (kind) {
                case HELLO -> 1;
                case HELLO_REPLY -> 2;
                case CONTROL -> 3;
                case DATA -> 4;
                case ACK -> 5;
                case PING -> 6;
                case PONG -> 7;
            });

    static final List<EnumTags<?>> ENUMS =
            List.of(FRAME_KIND, PLANE, REFUSAL, ENTRY_KIND, MEMBER_STATUS, STANDING, CONSENT, WORRY, UNDELIVERED);

    private WireTags() {}
}
