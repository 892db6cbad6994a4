package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.shardhold.internal.wire.FrameKind;
import io.shardhold.testkit.fault.LinkRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Small parts of the rung, one by one. */
final class FaultPartsTest {
    private static final int FRAMES = 400;
    private static final int BODY = 7;
    private static final int FRAME = FrameKind.LENGTH_BYTES + FrameKind.AROUND_BYTES + BODY;

    @Test
    void oneByteBehindTheLengthIsDamagedHoweverTheStreamIsCutIntoPieces() {
        byte[] intact = frames();
        for (int piece : new int[] {1, 3, FRAME, 1000}) {
            Way way = new Way("a", "b", 5);
            way.rule(LinkRule.CLEAR.corruption(0.25));
            byte[] passed = pass(new FrameDamage(way), intact, piece);
            List<Integer> places = new ArrayList<>();
            List<Integer> frames = new ArrayList<>();
            for (int i = 0; i < intact.length; i++) {
                if (passed[i] != intact[i]) {
                    places.add(i % FRAME);
                    frames.add(i / FRAME);
                }
            }
            assertThat(frames).doesNotHaveDuplicates().hasSize((int)
                    way.counts().damagedFrames());
            assertThat(frames.size()).isBetween(FRAMES / 8, FRAMES / 2);
            assertThat(places).contains(FrameKind.LENGTH_BYTES, FRAME - 1).allMatch(p -> p >= FrameKind.LENGTH_BYTES);
        }
    }

    @Test
    void aWayWithoutCorruptionDamagesNothing() {
        byte[] intact = frames();
        assertThat(pass(new FrameDamage(new Way("a", "b", 5)), intact, 10)).isEqualTo(intact);
    }

    private static byte[] frames() {
        ByteBuf out = Unpooled.buffer();
        for (int i = 0; i < FRAMES; i++) {
            out.writeInt(FrameKind.AROUND_BYTES + BODY).writeByte(3).writeBytes(new byte[BODY]);
            out.writeInt(FrameKind.checksum(3, new byte[BODY], 0, BODY));
        }
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] pass(FrameDamage damage, byte[] bytes, int piece) {
        ByteBuf all = Unpooled.copiedBuffer(bytes);
        for (int at = 0; at < bytes.length; at += piece) {
            damage.pass(all.slice(at, Math.min(piece, bytes.length - at)));
        }
        return ByteBufUtil.getBytes(all);
    }

    @Test
    void aQueueThatOverflowsSaysSo() {
        EventQueue queue = new EventQueue();
        for (int i = 0; i < EventQueue.CAPACITY; i++) {
            queue.add(() -> {});
        }
        assertThat(queue.next(0)).isNotNull();
        queue.add(() -> {});
        queue.add(() -> {});
        assertThatThrownBy(() -> queue.next(0)).hasMessageContaining("let time pass");
    }
}
