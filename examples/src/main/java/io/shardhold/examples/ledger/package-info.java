/**
 * The ledger: deposits for thousands of accounts, one entity per account, three nodes, one SQLite file, and a node that is
 * killed half way.
 *
 * <p>Read {@link io.shardhold.examples.ledger.AccountEntity} first: it is all that an application has to write. Then
 * {@link io.shardhold.examples.ledger.LedgerStore} for what the fence does, {@link
 * io.shardhold.examples.ledger.NodeProcess} and {@link io.shardhold.examples.ledger.RouterProcess} for the two kinds of
 * members, and {@link io.shardhold.examples.ledger.LocalMember} for both under a lease, in one process. The rest starts and kills processes, draws, and checks the sums.
 */
@NullMarked
package io.shardhold.examples.ledger;

import org.jspecify.annotations.NullMarked;
