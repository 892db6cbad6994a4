package io.shardhold.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.cluster.NodeId;
import io.shardhold.internal.protocol.ShardKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValueCodecTest {
    @Test
    void nameThatIsTheAddressAndNoOtherIsLeftOut() throws WireException {
        List<String> names = List.of("h:7350", "h:07350", "h:735", "h:73500", "h:", "h", "hh:7350", ":7350", "h7350");
        for (String name : names) {
            NodeId node = new NodeId(name, "h", 7350, 5);
            WireWriter out = new WireWriter();
            ValueCodec.writeNode(out, node);
            assertThat(out.array()[0] == 0).as(name).isEqualTo(name.equals("h:7350"));
            assertThat(ValueCodec.readNode(new WireReader(out.toByteArray()))).isEqualTo(node);
        }
    }

    @Test
    void valuesThatComeAgainAreTheSameObjects() throws WireException {
        List<NodeId> nodes = new ArrayList<>();
        WireWriter out = new WireWriter();
        for (int i = 0; i < 60; i++) {
            NodeId node = new NodeId("n" + i % 11, "h", 1 + i % 3, 1 + i / 30);
            nodes.add(node);
            ValueCodec.writeNode(out, node);
            ValueCodec.writeNode(out, node);
            ValueCodec.writeShard(out, new ShardKey("t" + i / 7, i));
            ValueCodec.writeShard(out, new ShardKey("t" + i / 7, i + 1));
        }
        WireReader in = new WireReader(out.toByteArray());
        for (int i = 0; i < 60; i++) {
            NodeId first = ValueCodec.readNode(in);
            assertThat(first).isEqualTo(nodes.get(i));
            assertThat(ValueCodec.readNode(in)).isSameAs(first);
            ShardKey shard = ValueCodec.readShard(in);
            assertThat(shard).isEqualTo(new ShardKey("t" + i / 7, i));
            assertThat(ValueCodec.readShard(in).type()).isSameAs(shard.type());
        }
        in.expectEnd();
    }
}
