package io.shardhold.examples.ledger;

import io.shardhold.ClusterSharding;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.config.EntitySpec;
import io.shardhold.config.ShardingSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * A JVM that hosts nothing: it reads the deposits and sends each to its account, wherever that is served. The supervisor
 * says with {@code send N} how many of them may have been sent, and with {@code leave} when to leave.
 */
final class RouterProcess {
    /** A run has a handful. */
    private static final int COMMANDS = 100;

    private RouterProcess() {}

    public static void main(String[] arguments) {
        ChildArguments child = ChildArguments.parse(arguments);
        BlockingQueue<String> commands = new ArrayBlockingQueue<>(COMMANDS);
        SupervisorLink supervisor = SupervisorLink.open(commands::add);
        try (MemberLease lease = MemberLease.open(child);
                ClusterSharding sharding = ClusterSharding.start(
                        lease.into(settings(child, supervisor::happened)).build())) {
            DepositFile deposits =
                    DepositFile.read(child.file().isEmpty() ? Optional.empty() : Optional.of(Path.of(child.file())));
            sharding.awaitUp(NodeProcess.UP_WITHIN);
            supervisor.report(new Report.Up());
            obey(
                    commands,
                    new DepositSender(
                            deposits.rows(),
                            accountId -> sharding.entityRef(AccountEntity.TYPE, accountId),
                            supervisor::report,
                            broken -> supervisor.fail(broken.toString())));
        } catch (Exception failure) {
            supervisor.fail(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        }
    }

    private static void obey(BlockingQueue<String> commands, DepositSender sender) throws InterruptedException {
        try (sender) {
            for (String command = commands.take(); !command.equals("leave"); command = commands.take()) {
                sender.allow(Long.parseLong(command.substring("send ".length())));
            }
        }
    }

    /** Of a member that only sends. */
    static ShardingSettings.Builder settings(ChildArguments child, Consumer<ClusterEvent> onEvent) {
        return ShardingSettings.builder(ChildArguments.CLUSTER)
                .bind(ChildArguments.HOST, child.port())
                .name(child.name())
                .seeds(child.seedArray())
                .entity(EntitySpec.route(AccountEntity.TYPE).shards(AccountEntity.SHARDS))
                .onEvent(onEvent);
    }
}
