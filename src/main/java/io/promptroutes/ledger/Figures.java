package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** What was called and what it cost, for people. Reads what is committed; blocks; thread-safe. All SQL of figures is here. */
public final class Figures {

    /** What figures are told by. TOTAL is one row. */
    public enum By {
        TOTAL("'total'", "'total'"),
        MODEL("COALESCE(served_model, model)", "COALESCE(model, '')"),
        DAY("claimed_day", "used_day"),
        TASK("COALESCE(task, '')", "COALESCE(task, '')"),
        TENANT("tenant", "tenant"),
        JOB("job", "job");

        private final String ofClaims;
        private final String ofReuses;

        By(String ofClaims, String ofReuses) {
            this.ofClaims = ofClaims;
            this.ofReuses = ofReuses;
        }
    }

    /**
     * @param name         model, day, task, tenant or job; {@code total}
     * @param requests     calls made, failed ones and those that still run included
     * @param costUsd      what is known to have been paid
     * @param uncertainUsd reserved by calls whose cost is not known; not in {@code costUsd}
     * @param meanCostUsd  of a call, to 18 digits
     * @param meanMs       latency in milliseconds; null where nothing was measured, as is {@code p95Ms}
     * @param fallbacks    answers of another model than the first
     * @param errors       calls that failed or whose outcome is unknown
     * @param reused       stored answers that were published again
     * @param savedUsd     what those had cost
     */
    public record Row(String name, long requests, BigDecimal costUsd, BigDecimal uncertainUsd, BigDecimal meanCostUsd, Long meanMs, Long p95Ms,
            long promptTokens, long completionTokens, long fallbacks, long errors, long reused, BigDecimal savedUsd) {

        private Row with(long times, BigDecimal saved) {
            return new Row(name, requests, costUsd, uncertainUsd, meanCostUsd, meanMs, p95Ms, promptTokens, completionTokens, fallbacks, errors,
                    times, saved);
        }
    }

    /** One call. All but the first six may be null. */
    public record Call(UUID claimId, Instant claimedAt, String job, String tenant, String model, String state, String task, String servedModel,
            String provider, String generationId, Long promptTokens, Long completionTokens, BigDecimal costUsd, String costSource, Long latencyMs) {
    }

    /** Output tokens of earlier answers together. @param model as the catalogue lists it */
    public record Lengths(String task, String model, long answers, long tokens) {

        public Lengths plus(Lengths more) {
            return new Lengths(task, model, answers + more.answers, tokens + more.tokens);
        }
    }

    private record Saved(String name, long times, BigDecimal usd) {
    }

    private static final String CALLS = """
            SELECT name, COUNT(*) AS requests, COALESCE(SUM(cost_usd), 0) AS cost,
              COALESCE(SUM(CASE WHEN cost_usd IS NULL AND state <> 'open' THEN reserved_usd END), 0) AS uncertain,
              AVG(latency_ms) AS mean_ms, PERCENTILE_DISC(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95_ms,
              COALESCE(SUM(prompt_tokens), 0) AS tokens_in, COALESCE(SUM(completion_tokens), 0) AS tokens_out,
              SUM(CASE WHEN state = 'succeeded' AND fallback_level > 0 THEN 1 ELSE 0 END) AS fallbacks,
              SUM(CASE WHEN state IN ('succeeded', 'open') THEN 0 ELSE 1 END) AS errors
            FROM (SELECT %s AS name, claims.* FROM claims WHERE state <> 'void' AND claimed_at >= ?) calls
            GROUP BY name ORDER BY name""";

    private static final String REUSES = """
            SELECT name, SUM(times) AS times, SUM(saved_usd) AS saved
            FROM (SELECT %s AS name, times, saved_usd FROM reuses WHERE used_day >= ?) saved
            GROUP BY name ORDER BY name""";

    private static final String LAST = """
            SELECT claim_id, claimed_at, job, tenant, model, state, task, served_model, provider, generation_id, prompt_tokens,
              completion_tokens, cost_usd, cost_source, latency_ms
            FROM claims WHERE state <> 'void' ORDER BY claim_id DESC LIMIT ?""";

    private final Database database;

    Figures(Database database) {
        this.database = database;
    }

    /** @param since calls claimed at or after it, and reuses of its day (UTC) and later; {@link Instant#EPOCH} for all */
    public List<Row> by(By dimension, Instant since) {
        return database.read(tx -> {
            Map<String, Row> rows = new TreeMap<>();
            tx.list(CALLS.formatted(dimension.ofClaims), Figures::row, since).forEach(row -> rows.put(row.name(), row));
            String day = LocalDate.ofInstant(since, ZoneOffset.UTC).toString();
            for (Saved saved : tx.list(REUSES.formatted(dimension.ofReuses), Figures::saved, day)) {
                rows.compute(saved.name(), (name, row) -> (row == null ? nothing(name) : row).with(saved.times(), saved.usd()));
            }
            return List.copyOf(rows.values());
        });
    }

    /** All of it in one row. */
    public Row total(Instant since) {
        List<Row> rows = by(By.TOTAL, since);
        return rows.isEmpty() ? nothing("total") : rows.get(0);
    }

    /** The latest calls, latest first. */
    public List<Call> last(int most) {
        return database.read(tx -> tx.list(LAST, Figures::call, most));
    }

    /** How long answers were, by task and model that was called. */
    public List<Lengths> lengths() {
        return database.read(tx -> tx.list("SELECT COALESCE(task, '') AS task, model, COUNT(*) AS answers, SUM(completion_tokens) AS tokens FROM claims"
                + " WHERE state = 'succeeded' AND completion_tokens IS NOT NULL GROUP BY task, model",
                row -> new Lengths(row.getString("task"), row.getString("model"), row.getLong("answers"), row.getLong("tokens"))));
    }

    private static Row nothing(String name) {
        BigDecimal zero = BigDecimal.ZERO;
        return new Row(name, 0, zero, zero, zero, null, null, 0, 0, 0, 0, 0, zero);
    }

    private static Row row(ResultSet row) throws SQLException {
        long requests = row.getLong("requests");
        BigDecimal cost = Tx.usd(row, "cost");
        BigDecimal mean = row.getBigDecimal("mean_ms");
        return new Row(row.getString("name"), requests, cost, Tx.usd(row, "uncertain"),
                cost.divide(BigDecimal.valueOf(requests), 18, RoundingMode.HALF_UP).stripTrailingZeros(),
                mean == null ? null : mean.setScale(0, RoundingMode.HALF_UP).longValueExact(), number(row, "p95_ms"),
                row.getLong("tokens_in"), row.getLong("tokens_out"), row.getLong("fallbacks"), row.getLong("errors"), 0, BigDecimal.ZERO);
    }

    private static Saved saved(ResultSet row) throws SQLException {
        return new Saved(row.getString("name"), row.getLong("times"), Tx.usd(row, "saved"));
    }

    private static Call call(ResultSet row) throws SQLException {
        return new Call(row.getObject("claim_id", UUID.class), Tx.instant(row, "claimed_at"), row.getString("job"), row.getString("tenant"),
                row.getString("model"), row.getString("state"), row.getString("task"), row.getString("served_model"), row.getString("provider"),
                row.getString("generation_id"), number(row, "prompt_tokens"), number(row, "completion_tokens"), Tx.usd(row, "cost_usd"),
                row.getString("cost_source"), number(row, "latency_ms"));
    }

    private static Long number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
