package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * An answer that may be given again. Immutable by agreement: nobody changes the bytes.
 *
 * @param result   as published for the prompt that was called
 * @param model    that gave it
 * @param costUsd  of the call that gave it, as far as known
 */
public record CachedAnswer(byte[] result, String model, BigDecimal costUsd, Instant storedAt) {

    /** Null where there is none that is newer than {@code since}. */
    static CachedAnswer read(SqlSession tx, String key, Instant since) throws SQLException {
        List<CachedAnswer> found = tx.list("SELECT json, model, cost_usd, stored_at FROM cached_answers c JOIN answers a ON a.answer_id = c.answer_id"
                + " WHERE cache_key = ? AND stored_at > ?",
                row -> new CachedAnswer(row.getBytes("json"), row.getString("model"), SqlSession.usd(row, "cost_usd"), SqlSession.instant(row, "stored_at")),
                key, since);
        return found.isEmpty() ? null : found.get(0);
    }

    /** @param finished answers by the id under which they are stored; of two for one question the later stays */
    static void write(SqlSession tx, Map<UUID, Finish> finished, Instant now) throws SQLException {
        TreeMap<String, Object[]> rows = new TreeMap<>();
        finished.forEach((id, finish) -> rows.put(finish.question().key(),
                new Object[] {finish.question().key(), id, finish.model(), finish.question().costUsd(), now}));
        tx.batch("DELETE FROM cached_answers WHERE cache_key = ?", rows.keySet().stream().map(key -> new Object[] {key}).toList());
        tx.batch("INSERT INTO cached_answers (cache_key, answer_id, model, cost_usd, stored_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                List.copyOf(rows.values()));
    }

    static int purge(SqlSession tx, Instant before) throws SQLException {
        return tx.update("DELETE FROM cached_answers WHERE stored_at < ?", before);
    }
}
