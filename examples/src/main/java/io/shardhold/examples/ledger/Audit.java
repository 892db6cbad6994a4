package io.shardhold.examples.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares what the database holds with what the input says, account by account.
 *
 * @param lost deposits that are missing
 * @param duplicated deposits that count more than once, or that no input asked for
 * @param differences one sentence for each account that is not as it should be
 */
record Audit(long lost, long duplicated, List<String> differences) {
    Audit {
        differences = List.copyOf(differences);
    }

    boolean isClean() {
        return lost == 0 && duplicated == 0 && differences.isEmpty();
    }

    private record Sum(long deposits, long cents) {
        static final Sum NONE = new Sum(0, 0);

        Sum plus(long amountCents) {
            return new Sum(deposits + 1, cents + amountCents);
        }
    }

    static Audit of(List<DepositRow> input, List<LedgerStore.AccountTotal> database) {
        Map<String, Sum> expected = new TreeMap<>();
        for (DepositRow row : input) {
            expected.merge(row.accountId(), Sum.NONE.plus(row.amountCents()), (sum, one) -> sum.plus(one.cents()));
        }
        long lost = 0;
        long duplicated = 0;
        List<String> differences = new ArrayList<>();
        for (LedgerStore.AccountTotal held : database) {
            Sum sum = expected.getOrDefault(held.accountId(), Sum.NONE);
            expected.remove(held.accountId());
            lost += lost(sum, held);
            duplicated += duplicated(sum, held);
            if (!isEqual(sum, held)) {
                differences.add(held.accountId() + ": the input has " + sum + ", the database " + held);
            }
        }
        for (Map.Entry<String, Sum> missing : expected.entrySet()) {
            lost += missing.getValue().deposits();
            differences.add(missing.getKey() + ": the input has " + missing.getValue() + ", the database nothing");
        }
        return new Audit(lost, duplicated, differences);
    }

    private static boolean isEqual(Sum sum, LedgerStore.AccountTotal held) {
        return held.balanceCents() == sum.cents()
                && held.recordedCents() == sum.cents()
                && held.applied() == sum.deposits()
                && held.recorded() == sum.deposits();
    }

    // Records are counted by id, the balance by what was added to it. Where the counts agree and the balance does not,
    // at
    // least one deposit is wrong: it is not allowed to look clean.

    private static long lost(Sum sum, LedgerStore.AccountTotal held) {
        return Math.max(Math.max(0, sum.deposits() - held.recorded()), held.balanceCents() < sum.cents() ? 1 : 0);
    }

    private static long duplicated(Sum sum, LedgerStore.AccountTotal held) {
        long twice = Math.max(0, held.applied() - held.recorded()) + Math.max(0, held.recorded() - sum.deposits());
        return Math.max(twice, held.balanceCents() > sum.cents() ? 1 : 0);
    }
}
