package io.promptroutes.ledger;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumMap;
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
        JOB("job", "job"),
        /** Where a cost comes from. */
        SOURCE("CASE WHEN state = 'open' THEN 'running' WHEN cost_source IS NOT NULL THEN cost_source"
                + " WHEN cost_usd IS NULL THEN 'unknown' ELSE 'not billed' END", "'reused'"),
        /** Why a call failed, or why another model than the first answered; empty where neither. */
        REASON("COALESCE(reason, CASE WHEN state IN ('ambiguous', 'retried', 'resolved') THEN 'process_died'"
                + " WHEN state IN ('failed', 'unknown') OR fallback_level > 0 AND state = 'succeeded' THEN 'not_recorded' ELSE '' END)", "''");

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
     * @param meanMs       latency in milliseconds; null where nothing was measured, as are {@code p50Ms} and {@code p95Ms}
     * @param fallbacks    answers of another model than the first
     * @param errors       calls that failed or whose outcome is unknown
     * @param reused       stored answers that were published again
     * @param savedUsd     what those had cost
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Row(@JsonIgnore String name, long requests, BigDecimal costUsd, BigDecimal uncertainUsd, BigDecimal meanCostUsd, Long meanMs, Long p50Ms,
            Long p95Ms, long promptTokens, long completionTokens, long fallbacks, long errors, long reused, BigDecimal savedUsd) {

        private Row with(long times, BigDecimal saved) {
            return new Row(name, requests, costUsd, uncertainUsd, meanCostUsd, meanMs, p50Ms, p95Ms, promptTokens, completionTokens, fallbacks, errors,
                    times, saved);
        }
    }

    /** One call, as it is shown. Task, served model and all behind the state may be null. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Call(@JsonIgnore UUID claimId, @JsonSerialize(using = ToStringSerializer.class) Instant at, String job, String tenant, String task, String model,
            String served, String state, BigDecimal costUsd, String costSource, Long latencyMs, Long promptTokens, Long completionTokens, String generationId) {
    }

    /**
     * How a prompt ended, as it was published.
     *
     * @param json null where it is longer than was asked for
     */
    public record End(UUID id, byte[] json) {

        /** When it was stored. */
        public Instant at() {
            return ClaimIds.time(id);
        }
    }

    /** Output tokens of earlier answers together. @param model as the catalogue lists it */
    public record Lengths(String task, String model, long answers, long tokens) {

        public Lengths plus(Lengths more) {
            return new Lengths(task, model, answers + more.answers, tokens + more.tokens);
        }
    }

    /** USD of the last hour, and of the 24 hours before it, by the database's clock. */
    public record Pace(BigDecimal lastHour, BigDecimal dayBefore) {
    }

    private static final String CALLS = """
            SELECT name, COUNT(*) AS requests, COALESCE(SUM(cost_usd), 0) AS cost,
              COALESCE(SUM(CASE WHEN cost_usd IS NULL AND state <> 'open' THEN reserved_usd END), 0) AS uncertain,
              AVG(latency_ms) AS mean_ms, %s AS p50_ms, %s AS p95_ms,
              COALESCE(SUM(prompt_tokens), 0) AS tokens_in, COALESCE(SUM(completion_tokens), 0) AS tokens_out,
              SUM(CASE WHEN state = 'succeeded' AND fallback_level > 0 THEN 1 ELSE 0 END) AS fallbacks,
              SUM(CASE WHEN state IN ('succeeded', 'open') THEN 0 ELSE 1 END) AS errors
            FROM (SELECT %s AS name, claims.* FROM claims WHERE state <> 'void' AND claim_id >= ? AND claimed_at >= ?) calls
            GROUP BY name ORDER BY name""";

    private static final String PERCENTILE = "PERCENTILE_DISC(%s) WITHIN GROUP (ORDER BY latency_ms)";

    private static final String REUSES = """
            SELECT name, SUM(times) AS times, SUM(saved_usd) AS saved
            FROM (SELECT %s AS name, times, saved_usd FROM reuses WHERE used_day >= ?) saved
            GROUP BY name ORDER BY name""";

    private static final String LAST = """
            SELECT claim_id, claimed_at, job, tenant, task, model, served_model, state, cost_usd, cost_source, latency_ms, prompt_tokens,
              completion_tokens, generation_id
            FROM claims WHERE state <> 'void' ORDER BY claim_id DESC LIMIT ?""";

    private static final String PACE = """
            SELECT COALESCE(SUM(CASE WHEN claimed_at >= CURRENT_TIMESTAMP - INTERVAL '1' HOUR THEN cost_usd END), 0),
              COALESCE(SUM(CASE WHEN claimed_at < CURRENT_TIMESTAMP - INTERVAL '1' HOUR THEN cost_usd END), 0)
            FROM claims WHERE claimed_at >= CURRENT_TIMESTAMP - INTERVAL '25' HOUR""";

    private final Database database;

    Figures(Database database) {
        this.database = database;
    }

    /** @param since calls claimed at or after it, and reuses of its day (UTC) and later; {@link Instant#EPOCH} for all */
    public List<Row> by(By dimension, Instant since) {
        return database.read(tx -> by(tx, dimension, since, true));
    }

    /**
     * By each dimension, all of the same moment, so that they have one sum.
     *
     * @param slow of which percentiles are told; leaving them out takes half the time
     */
    public Map<By, List<Row>> by(Collection<By> dimensions, Collection<By> slow, Instant since) {
        return database.read(tx -> {
            tx.atOnce();
            Map<By, List<Row>> all = new EnumMap<>(By.class);
            for (By dimension : dimensions) {
                all.put(dimension, by(tx, dimension, since, slow.contains(dimension)));
            }
            return all;
        });
    }

    private static List<Row> by(SqlSession tx, By dimension, Instant since, boolean percentiles) throws SQLException {
        String half = percentiles ? PERCENTILE.formatted("0.5") : "CAST(NULL AS BIGINT)";
        String most = percentiles ? PERCENTILE.formatted("0.95") : "CAST(NULL AS BIGINT)";
        UUID first = ClaimIds.first(since.minus(Duration.ofDays(1))); // keeps the scan short; a process's clock may be some hours behind the database's
        Map<String, Row> rows = new TreeMap<>();
        tx.list(CALLS.formatted(half, most, dimension.ofClaims), Figures::row, first, since).forEach(row -> rows.put(row.name(), row));
        String day = LocalDate.ofInstant(since, ZoneOffset.UTC).toString();
        tx.list(REUSES.formatted(dimension.ofReuses), row -> {
            String name = row.getString("name");
            return rows.put(name, rows.getOrDefault(name, nothing(name)).with(row.getLong("times"), SqlSession.usd(row, "saved")));
        }, day);
        return List.copyOf(rows.values());
    }

    public Pace pace() {
        return database.read(tx -> tx.list(PACE, row -> new Pace(row.getBigDecimal(1), row.getBigDecimal(2)))).get(0);
    }

    /** The latest calls, latest first. */
    public List<Call> last(int most) {
        return database.read(tx -> tx.list(LAST, Figures::call, most));
    }

    /** Ids of the ends that were stored last, latest first; none where the ledger keeps no answers. Those of a comparison's branches are among them. */
    public List<UUID> lastEnds(int most) {
        return database.read(tx -> tx.list("SELECT answer_id FROM answers ORDER BY answer_id DESC LIMIT ?", row -> row.getObject(1, UUID.class), most));
    }

    /** @param longest in bytes, of what is read */
    public List<End> ends(Collection<UUID> ids, int longest) {
        return ids.isEmpty() ? List.of() : database.read(tx -> tx.list("SELECT answer_id, CASE WHEN OCTET_LENGTH(json) <= ? THEN json END AS json"
                + " FROM answers WHERE answer_id = ANY(?)", row -> new End(row.getObject("answer_id", UUID.class), row.getBytes("json")), longest, ids));
    }

    /** How long answers were, by task and model that was called. */
    public List<Lengths> lengths() {
        return database.read(tx -> tx.list("SELECT COALESCE(task, '') AS task, model, COUNT(*) AS answers, SUM(completion_tokens) AS tokens FROM claims"
                + " WHERE state = 'succeeded' AND completion_tokens IS NOT NULL GROUP BY task, model",
                row -> new Lengths(row.getString("task"), row.getString("model"), row.getLong("answers"), row.getLong("tokens"))));
    }

    public static Row nothing(String name) {
        BigDecimal zero = BigDecimal.ZERO;
        return new Row(name, 0, zero, zero, zero, null, null, null, 0, 0, 0, 0, 0, zero);
    }

    private static Row row(ResultSet row) throws SQLException {
        long requests = row.getLong("requests");
        BigDecimal cost = SqlSession.usd(row, "cost");
        BigDecimal mean = row.getBigDecimal("mean_ms");
        return new Row(row.getString("name"), requests, cost, SqlSession.usd(row, "uncertain"),
                Usd.of(cost.divide(BigDecimal.valueOf(requests), 18, RoundingMode.HALF_UP)),
                mean == null ? null : mean.setScale(0, RoundingMode.HALF_UP).longValueExact(), number(row, "p50_ms"), number(row, "p95_ms"),
                row.getLong("tokens_in"), row.getLong("tokens_out"), row.getLong("fallbacks"), row.getLong("errors"), 0, BigDecimal.ZERO);
    }

    private static Call call(ResultSet row) throws SQLException {
        return new Call(row.getObject("claim_id", UUID.class), SqlSession.instant(row, "claimed_at"), row.getString("job"), row.getString("tenant"),
                row.getString("task"), row.getString("model"), row.getString("served_model"), row.getString("state"), SqlSession.usd(row, "cost_usd"),
                row.getString("cost_source"), number(row, "latency_ms"), number(row, "prompt_tokens"), number(row, "completion_tokens"),
                row.getString("generation_id"));
    }

    private static Long number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
