package io.promptroutes.ledger;

import io.promptroutes.ledger.BatchLine.State;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** What the lines of a batch came to when that is over. Confined to the writer. */
record BatchBill(SqlSession tx, UUID batch) {

    private static final int DIGITS = 18;

    /** @param costUsd of the whole batch, or null @param rest what became of lines that have not come back. Returns true */
    boolean end(BigDecimal costUsd, State rest) throws SQLException {
        tx.update("UPDATE batch_lines SET state = ? WHERE batch_id = ? AND state = 'open'", rest, batch);
        if (costUsd == null) {
            return true;
        }
        Map<Integer, BigDecimal> weights = new TreeMap<>();
        Map<Integer, BigDecimal> unknown = new TreeMap<>();
        BigDecimal left = costUsd;
        for (BatchLine line : tx.list("SELECT n, claim_id, state, NULL AS raw, weight, cost_usd, shared FROM batch_lines WHERE batch_id = ?", BatchLine::of, batch)) {
            left = line.costUsd() == null ? left : left.subtract(line.costUsd());
            if (line.weight() != null) {
                weights.put(line.n(), line.weight());
            } else if (line.state() == State.UNKNOWN) {
                unknown.put(line.n(), BigDecimal.ZERO);
            }
        }
        BigDecimal lost = left.subtract(weights.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add));
        if (!unknown.isEmpty() && lost.signum() > 0) { // theirs, whose lines have not come
            BigDecimal each = lost.divide(BigDecimal.valueOf(unknown.size()), DIGITS, RoundingMode.DOWN);
            unknown.keySet().forEach(n -> weights.put(n, each));
        } else if (!unknown.isEmpty()) { // the others have cost all of it
            tx.update("UPDATE batch_lines SET state = 'failed' WHERE batch_id = ? AND state = 'unknown'", batch);
        }
        tx.batch("UPDATE batch_lines SET cost_usd = ?, shared = TRUE WHERE batch_id = ? AND n = ?", CostShares.of(left, weights).entrySet().stream()
                .map(share -> new Object[] {share.getValue(), batch, share.getKey()}).toList());
        return true;
    }

    /** Forgets what was settled, and old batches with their lines. */
    static void purge(SqlSession tx, Instant before) throws SQLException {
        tx.update("UPDATE batch_lines SET raw = NULL WHERE raw IS NOT NULL AND claim_id IN (SELECT claim_id FROM claims WHERE state <> 'open')");
        tx.update("DELETE FROM batch_lines WHERE batch_id IN (SELECT batch_id FROM batches WHERE ended_at < ?)", before);
        tx.update("DELETE FROM batches WHERE ended_at < ?", before);
    }
}
