package io.shardhold.internal.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.config.EntitySpec;
import io.shardhold.internal.kernel.Samples;
import io.shardhold.internal.protocol.CoordinatorMessage.HomeQuery;
import io.shardhold.internal.protocol.RegionMessage;
import io.shardhold.internal.protocol.ShardKey;
import io.shardhold.internal.shard.ShardHost;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the coordinator is asked for homes, and for which. */
class AskingForHomesTest extends RegionStage {
    private static final int SHARDS = 8;
    private static final Duration MOMENT = Duration.ofMillis(1);

    @Override
    ShardRegion.Parts parts() {
        EntitySpec<String> spec = EntitySpec.of(TALK, context -> handled::add).shards(SHARDS);
        ShardRegion.Parts one = super.parts();
        return new ShardRegion.Parts(
                List.of(spec),
                List.of(new ShardHost.HostedType(spec, one.hosted().get(0).executor())),
                one.timings(),
                one.limits(),
                one.guards(),
                one.time(),
                one.right(),
                one.transport(),
                one.counters(),
                one.random(),
                one.callbacks(),
                one.events(),
                one.observer());
    }

    private void sendToAll() {
        IntStream.range(0, 100).forEach(i -> region.entityRef(TALK, "e" + i).tell("hello"));
        settle();
    }

    private List<ShardKey> asked() {
        return turn.takeSent(HomeQuery.class).stream()
                .flatMap(query -> query.shards().stream())
                .toList();
    }

    private static ShardKey shardOf(String id) {
        return new ShardKey(TALK.name(), ShardKey.shardOf(id, SHARDS));
    }

    @Test
    void firstShardIsAskedForAtOnceAndThoseBehindItTogether() {
        sendToAll();
        assertThat(turn.takeSent(HomeQuery.class))
                .containsExactly(new HomeQuery(Samples.CLUSTER, List.of(shardOf("e0"))));
        pass(MOMENT);
        List<HomeQuery> behind = turn.takeSent(HomeQuery.class);
        assertThat(behind).hasSize(1);
        assertThat(behind.get(0).shards())
                .hasSize(SHARDS - 1)
                .doesNotHaveDuplicates()
                .doesNotContain(shardOf("e0"));
        pass(MOMENT);
        assertThat(asked()).as("nothing new").isEmpty();
        sendToAll();
        assertThat(asked()).as("asked for a moment ago").isEmpty();
    }

    @Test
    void whatHasNoHomeIsAskedForAgainAndAtOnceOfANewCoordinator() {
        sendToAll();
        pass(MOMENT);
        asked();
        pass(TIMINGS.retry());
        assertThat(asked()).as("again").contains(shardOf("e0")).hasSizeGreaterThanOrEqualTo(SHARDS);
        tell(N2, new RegionMessage.Announce(Samples.term(11, N2)));
        sendToAll();
        pass(MOMENT);
        assertThat(asked()).as("of the next").hasSize(SHARDS).doesNotHaveDuplicates();
    }
}
