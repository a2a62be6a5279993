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
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.lang3.StringUtils;

/**
 * What was called and what it cost, for people. Sums are those that the writer keeps by day, with the calls that run now; a reading takes
 * as long as there are days and models, however many calls there were, and days that are over are read once. Reads what is committed; blocks; thread-safe.
 */
public final class Figures {

    /** What figures are told by. TOTAL is one row. */
    public enum By {
        TOTAL(FigureKey.Kind.CALLS, "'total'", call -> "total"),
        MODEL(FigureKey.Kind.CALLS, "COALESCE(served_model, model)", call -> call.model()),
        DAY(FigureKey.Kind.CALLS, "figure_day", call -> call.day()),
        TASK(FigureKey.Kind.CALLS, "task", call -> call.task()),
        TENANT(FigureKey.Kind.CALLS, "tenant", call -> call.tenant()),
        PIPELINE(FigureKey.Kind.CALLS, "pipeline", call -> call.pipeline()),
        /** The service tier that was billed; empty where the provider has none. */
        TIER(FigureKey.Kind.CALLS, "tier", call -> call.tier()),
        JOB(FigureKey.Kind.JOB, "name", call -> call.job()),
        /** Where a cost comes from. */
        SOURCE(FigureKey.Kind.CALLS, "cost_source", call -> "running"),
        /** Why a call failed, or why another model than the first answered; empty where neither. */
        REASON(FigureKey.Kind.REASON, "name", call -> "");

        private final FigureKey.Kind kind;
        private final String column;
        private final Function<CallFacts, String> running;

        By(FigureKey.Kind kind, String column, Function<CallFacts, String> running) {
            this.kind = kind;
            this.column = column;
            this.running = running;
        }

        FigureKey.Kind kind() {
            return kind;
        }

        /** Of the table of figures. */
        String column() {
            return column;
        }
    }

    /**
     * @param name         model, day, task, tenant or job; {@code total}
     * @param requests     calls made, failed ones and those that still run included
     * @param costUsd      what is known to have been paid
     * @param uncertainUsd reserved by calls whose cost is not known; not in {@code costUsd}
     * @param meanCostUsd  of a call, to 18 digits
     * @param meanMs       latency in milliseconds; null where nothing was measured, as are {@code p50Ms} and {@code p95Ms},
     *                     which are right to within a tenth
     * @param fallbacks    answers of another model than the first
     * @param errors       calls that failed or whose outcome is unknown
     * @param reused       stored answers that were published again
     * @param savedUsd     what those had cost
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Row(@JsonIgnore String name, long requests, BigDecimal costUsd, BigDecimal uncertainUsd, BigDecimal meanCostUsd, Long meanMs, Long p50Ms,
            Long p95Ms, long promptTokens, long completionTokens, long fallbacks, long errors, long reused, BigDecimal savedUsd) {
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

    /** USD of calls that were claimed in the last hour, to the minute, and in the 24 hours before it. */
    public record Pace(BigDecimal lastHour, BigDecimal dayBefore) {
    }

    private static final String LAST = """
            SELECT claim_id, claimed_at, job, tenant, task, model, served_model, state, cost_usd, cost_source, latency_ms, prompt_tokens,
              completion_tokens, generation_id
            FROM claims WHERE state <> 'void' ORDER BY claim_id DESC LIMIT ?""";

    private final Database database;
    private final FigureDays days = new FigureDays();

    Figures(Database database) {
        this.database = database;
    }

    /** @param since days (UTC) from this one on, by the calls' claims; {@link LocalDate#EPOCH} for all */
    public List<Row> by(By dimension, LocalDate since) {
        return by(List.of(dimension), List.of(dimension), since).get(dimension);
    }

    /**
     * By each dimension, all of the same moment, so that they have one sum.
     *
     * @param timed of which percentiles of the latency are told
     */
    public Map<By, List<Row>> by(Collection<By> dimensions, Collection<By> timed, LocalDate since) {
        return database.read(tx -> {
            tx.snapshot();
            List<CallFacts> running = Claims.running(tx).stream().filter(call -> call.day().compareTo(since.toString()) >= 0).toList();
            Map<By, Map<String, CallSums>> over = new EnumMap<>(By.class);
            for (FigureKey.Kind kind : dimensions.stream().map(By::kind).collect(Collectors.toSet())) {
                over.putAll(days.read(tx, kind, since.toString()));
            }
            Map<By, List<Row>> all = new EnumMap<>(By.class);
            for (By dimension : dimensions) {
                Map<String, CallSums> sums = over.get(dimension);
                running.forEach(call -> call.addTo(sums.computeIfAbsent(StringUtils.defaultString(dimension.running.apply(call)), name -> new CallSums()), 1));
                sums.values().removeIf(CallSums::nothing);
                all.put(dimension, sums.entrySet().stream().map(one -> row(one.getKey(), one.getValue(), timed.contains(dimension))).toList());
            }
            return all;
        });
    }

    /** @param now by which the last hour ends */
    public Pace pace(Instant now) {
        String hourAgo = minute(now.minus(Duration.ofHours(1)));
        String dayAgo = minute(now.minus(Duration.ofHours(25)));
        BigDecimal[] sums = {BigDecimal.ZERO, BigDecimal.ZERO};
        database.read(tx -> tx.list("SELECT name, cost_usd FROM figures WHERE kind = 'minute' AND figure_day >= ? AND name > ?", row -> {
            int part = row.getString("name").compareTo(hourAgo) > 0 ? 0 : 1;
            return sums[part] = sums[part].add(SqlSession.usd(row, "cost_usd"));
        }, dayAgo.substring(0, "2026-11-22".length()), dayAgo));
        return new Pace(sums[0], sums[1]);
    }

    private static String minute(Instant time) {
        return time.truncatedTo(ChronoUnit.MINUTES).toString();
    }

    /** The latest calls, latest first. */
    public List<Call> last(int most) {
        return database.read(tx -> tx.list(LAST, Figures::call, most));
    }

    /** Ids of the ends that were stored last, latest first; none where the ledger keeps no answers. Those of a comparison's branches are among them. */
    public List<UUID> lastEnds(int most) {
        return database.read(tx -> tx.list("SELECT answer_id FROM answers ORDER BY answer_id DESC LIMIT ?", row -> SqlSession.id(row, "answer_id"), most));
    }

    /** @param longest in bytes, of what is read */
    public List<End> ends(Collection<UUID> ids, int longest) {
        return ids.isEmpty() ? List.of() : database.read(tx -> tx.list("SELECT answer_id, CASE WHEN OCTET_LENGTH(json) <= ? THEN json END AS json"
                + " FROM answers WHERE answer_id = ANY(?)", row -> new End(SqlSession.id(row, "answer_id"), row.getBytes("json")), longest, ids));
    }

    /** What was or may have been billed, by day and all names, for whoever sums it up otherwise. @param since as for {@link #by(By, LocalDate)} */
    public List<DailyUse> uses(LocalDate since) {
        return database.read(tx -> DailyUse.read(tx, since));
    }

    /** @param from as for {@link DailyUse#ends} */
    public List<DailyUse.DayEnd> dayEnds(LocalDate since, String from) {
        return database.read(tx -> DailyUse.ends(tx, since, from));
    }

    /** How long answers were, by task and model that was called; those too that were paid and not what was asked for. */
    public List<Lengths> lengths() {
        return database.read(tx -> tx.list("SELECT COALESCE(task, '') AS task, model, SUM(calls) AS answers, SUM(completion_tokens) AS tokens FROM figures"
                + " WHERE kind = 'calls' AND cost_source NOT IN ('unknown', 'not billed', 'reused') GROUP BY COALESCE(task, ''), model HAVING SUM(calls) > 0",
                row -> new Lengths(row.getString("task"), row.getString("model"), row.getLong("answers"), row.getLong("tokens"))));
    }

    public static Row nothing(String name) {
        BigDecimal zero = BigDecimal.ZERO;
        return new Row(name, 0, zero, zero, zero, null, null, null, 0, 0, 0, 0, 0, zero);
    }

    private static Row row(String name, CallSums sums, boolean timed) {
        BigDecimal mean = sums.calls == 0 ? BigDecimal.ZERO : sums.cost.divide(BigDecimal.valueOf(sums.calls), 18, RoundingMode.HALF_UP);
        long measured = sums.latencies.total();
        return new Row(name, sums.calls, Usd.of(sums.cost), Usd.of(sums.uncertain), Usd.of(mean), measured == 0 ? null : Math.round((double) sums.latencyMs / measured),
                timed ? sums.latencies.percentile(0.5) : null, timed ? sums.latencies.percentile(0.95) : null, sums.promptTokens, sums.completionTokens,
                sums.fallbacks, sums.failures, sums.reused, Usd.of(sums.saved));
    }

    private static Call call(ResultSet row) throws SQLException {
        return new Call(SqlSession.id(row, "claim_id"), SqlSession.instant(row, "claimed_at"), row.getString("job"), row.getString("tenant"),
                row.getString("task"), row.getString("model"), row.getString("served_model"), row.getString("state"), SqlSession.usd(row, "cost_usd"),
                row.getString("cost_source"), SqlSession.number(row, "latency_ms"), SqlSession.number(row, "prompt_tokens"), SqlSession.number(row, "completion_tokens"),
                row.getString("generation_id"));
    }
}
