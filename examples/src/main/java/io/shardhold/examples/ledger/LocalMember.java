package io.shardhold.examples.ledger;

import io.shardhold.ClusterSharding;
import io.shardhold.cluster.ClusterEvent;
import io.shardhold.cluster.ClusterView;
import io.shardhold.config.ShardingSettings;
import io.shardhold.entity.EntityRef;
import io.shardhold.lease.inmemory.InMemoryLease;
import io.shardhold.lease.inmemory.InMemoryLeaseStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node or the router, in this process, with a lease of its own on a store that all share. Safe for any thread. */
final class LocalMember implements AutoCloseable {
    private final ClusterSharding sharding;
    private final InMemoryLease lease;
    private final @Nullable Database database;

    /** What a node has and the router has not. */
    private record Database(LedgerStore store, GroupCommit ledger) {
        void close() throws SQLException {
            ledger.close();
            store.close();
        }
    }

    private LocalMember(
            ShardingSettings.Builder settings, OneProcess.Plan plan, InMemoryLease lease, @Nullable Database database) {
        this.lease = lease;
        this.database = database;
        this.sharding = ClusterSharding.start(
                settings.timings(plan.timings()).lease(lease).build());
    }

    /** The lease that this member asks for: the settings are the same for all, but for the owner. */
    private static InMemoryLease lease(ChildArguments member, InMemoryLeaseStore leases, OneProcess.Plan plan) {
        return new InMemoryLease(leases, plan.lease().withOwner(member.name()));
    }

    /** Starts a node, which finds the others by itself. */
    static LocalMember node(
            ChildArguments node, InMemoryLeaseStore leases, OneProcess.Plan plan, Consumer<ClusterEvent> onEvent)
            throws SQLException {
        LedgerStore store = LedgerStore.open(Path.of(node.file()));
        GroupCommit ledger = new GroupCommit(store);
        return new LocalMember(
                NodeProcess.settings(node, ledger, onEvent),
                plan,
                lease(node, leases, plan),
                new Database(store, ledger));
    }

    /** Starts a member that hosts nothing. */
    static LocalMember router(
            ChildArguments router, InMemoryLeaseStore leases, OneProcess.Plan plan, Consumer<ClusterEvent> onEvent) {
        return new LocalMember(RouterProcess.settings(router, onEvent), plan, lease(router, leases, plan), null);
    }

    EntityRef<Deposit> account(String accountId) {
        return sharding.entityRef(AccountEntity.TYPE, accountId);
    }

    ClusterView view() {
        return sharding.view();
    }

    int shards() {
        return sharding.hostedShards(AccountEntity.TYPE);
    }

    /** Leaves in order, which takes a while, and closes what it worked with. */
    @Override
    public void close() throws SQLException {
        sharding.close();
        lease.close();
        if (database != null) {
            database.close();
        }
    }
}
