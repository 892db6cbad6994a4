package io.shardhold.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.examples.ledger.LedgerStore.AccountTotal;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTest {
    private static final List<DepositRow> INPUT =
            List.of(new DepositRow("d1", "a", 10), new DepositRow("d2", "a", 20), new DepositRow("d3", "b", 5));
    private static final AccountTotal A = new AccountTotal("a", 30, 2, 2, 30);
    private static final AccountTotal B = new AccountTotal("b", 5, 1, 1, 5);

    private static void assertFound(long lost, long duplicated, AccountTotal... database) {
        Audit audit = Audit.of(INPUT, List.of(database));
        assertThat(audit.lost()).as("lost").isEqualTo(lost);
        assertThat(audit.duplicated()).as("duplicated").isEqualTo(duplicated);
        assertThat(audit.isClean()).isFalse();
        assertThat(audit.differences()).hasSize(1);
    }

    @Test
    void equalSumsAreClean() {
        assertThat(Audit.of(INPUT, List.of(A, B)).isClean()).isTrue();
        assertThat(Audit.of(List.of(), List.of()).isClean()).isTrue();
    }

    @Test
    void aClaimedAccountWithoutDepositsIsNoDifference() {
        assertThat(Audit.of(INPUT, List.of(A, B, new AccountTotal("c", 0, 0, 0, 0)))
                        .isClean())
                .isTrue();
    }

    @Test
    void missingDepositsAreLost() {
        assertFound(1, 0, new AccountTotal("a", 20, 1, 1, 20), B);
        assertFound(2, 0, B);
    }

    @Test
    void depositsAddedTwiceAreDuplicated() {
        assertFound(0, 1, new AccountTotal("a", 40, 3, 2, 30), B);
    }

    @Test
    void depositsThatNobodyAskedForAreDuplicated() {
        assertFound(0, 1, A, B, new AccountTotal("c", 1, 1, 1, 1));
    }

    @Test
    void aBalanceThatFitsNoCountIsNotClean() {
        assertFound(1, 0, new AccountTotal("a", 29, 2, 2, 30), B);
        assertFound(0, 1, new AccountTotal("a", 31, 2, 2, 30), B);
        assertFound(0, 0, new AccountTotal("a", 30, 2, 2, 29), B);
    }
}
