package io.shardhold.examples.ledger;

import io.shardhold.ClusterSharding;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A JVM that hosts accounts. Runs until the supervisor ends or kills it. */
final class NodeProcess {
    /** Entities that may wait for their commit at once; more only make the transactions longer. */
    private static final int ENTITY_THREADS = 64;

    static final Duration REPORT_EVERY = Duration.ofMillis(200);
    static final Duration UP_WITHIN = Duration.ofSeconds(60);

    private NodeProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        ChildArguments child = ChildArguments.parse(arguments);
        SupervisorLink supervisor = SupervisorLink.open(command -> {});
        try (LedgerStore store = LedgerStore.open(Path.of(child.file()));
                GroupCommit ledger = new GroupCommit(store);
                MemberLease lease = MemberLease.open(child);
                ClusterSharding sharding =
                        ClusterSharding.start(lease.into(settings(child, ledger, supervisor::happened))
                                .build())) {
            sharding.awaitUp(UP_WITHIN);
            supervisor.report(new Report.Up());
            ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor();
            var reporting = reporter.scheduleAtFixedRate(
                    () -> supervisor.report(hosting(sharding)), 0, REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            reporting.get(); // until the link to the supervisor ends the process
        } catch (Exception failure) {
            supervisor.fail(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        }
    }

    /** Of a node that hosts accounts. */
    static ShardingSettings.Builder settings(ChildArguments child, GroupCommit ledger, Consumer<ClusterEvent> onEvent) {
        return ShardingSettings.builder(ChildArguments.CLUSTER)
                .bind(ChildArguments.HOST, child.port())
                .name(child.name())
                .seeds(child.seedArray())
                .entity(EntitySpec.of(AccountEntity.TYPE, context -> new AccountEntity(context, ledger))
                        .shards(AccountEntity.SHARDS)
                        .threads(ENTITY_THREADS))
                .onEvent(onEvent);
    }

    private static Report hosting(ClusterSharding sharding) {
        return new Report.Hosting(
                sharding.hostedShards(AccountEntity.TYPE), sharding.view().mayServe());
    }
}
