package io.shardhold.examples.ledger;

/** One good line of the input. */
record DepositRow(String depositId, String accountId, long amountCents) {
    /** The first line of an input, and the order of its fields. */
    static final String HEADER = "deposit_id,account_id,amount_cents";

    String toCsv() {
        return depositId + "," + accountId + "," + amountCents;
    }
}
