package io.shardhold.testkit.rung;

import io.shardhold.cluster.ClusterView;
import io.shardhold.cluster.NodeId;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.EntityRef;
import io.shardhold.entity.EntityType;
import io.shardhold.internal.protocol.ShardEpoch;
import io.shardhold.internal.protocol.Term;
import io.shardhold.testkit.fault.Handling;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** A machine of a rung, with the process that runs on it or not. Test's thread, unless said otherwise. */
public interface RungNode {
    String name();

    ShardingSettings settings();

    boolean isRunning();

    /** The identity of the process that runs here, or ran here last. */
    NodeId identity();

    /** Starts a process: a new incarnation with empty memory. */
    void start();

    /** Asks the process to hand over what it hosts, say goodbye and end; does not wait. */
    void leave();

    /** Ends the process without a word. Also on the thread of a {@link MessageTap}. */
    void crash();

    /** Stops the process for a while; its clocks go on. */
    void pause(Duration duration);

    boolean isPaused();

    void jumpWallClock(Duration by);

    /** How long handlers take that begin from now on. */
    void handling(Handling handling);

    <M> EntityRef<M> entityRef(EntityType<M> type, String id);

    ClusterView view();

    /** Whether the node is a member and has the right to serve. */
    boolean isServing();

    /** The term under which this node would be obeyed if it acted at this moment. */
    Optional<Term> actingTerm();

    /** Shards that are hosted here, sorted; whoever hosts may take up messages only while {@link #mayTakeUp}. */
    List<ShardEpoch> hosted();

    /** Changes whenever {@link #hosted} does. */
    long hostedVersion();

    /** Whether messages may be taken up here at this moment. */
    boolean mayTakeUp();

    /** Messages that wait here for a home of their shard. */
    int parked();

    /** Entities that live here, or have messages waiting. */
    int entities();

    SortedMap<String, Long> counters();
}
