package io.promptroutes.ledger;

import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Shown;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** The table of claims. What a group changes is collected, and written in one go per kind. Confined to the writer. */
final class Claims {

    private static final String FOR_BOOKING = "SELECT claim_id, state, reserved_usd, cost_usd, tenant, model, job, claimed_day FROM claims ";

    private final List<Object[]> made = new ArrayList<>();
    private final List<Object[]> settled = new ArrayList<>();
    private final List<Object[]> corrected = new ArrayList<>();
    private final List<Object[]> events = new ArrayList<>();

    static Map<UUID, ClaimRow> lock(SqlSession tx, Collection<UUID> ids, Map<List<String>, List<BudgetKey>> keys) throws SQLException {
        return tx.byKey(FOR_BOOKING + "WHERE claim_id = ANY(?) ORDER BY claim_id FOR UPDATE", row -> row(row, keys), ClaimRow::id, new TreeSet<>(ids));
    }

    /** @param since when the first of them started, by the database's clock, which a process's own may be some hours behind */
    static List<ClaimRow> lockOpenOf(SqlSession tx, Collection<String> instances, Instant since, Map<List<String>, List<BudgetKey>> keys)
            throws SQLException {
        return tx.list(FOR_BOOKING + "WHERE claim_id >= ? AND instance_id = ANY(?) AND state = 'open' ORDER BY claim_id FOR UPDATE",
                row -> row(row, keys), ClaimIds.first(since.minus(Duration.ofDays(1))), instances);
    }

    private static ClaimRow row(ResultSet row, Map<List<String>, List<BudgetKey>> keys) throws SQLException {
        return new ClaimRow(row.getObject("claim_id", UUID.class), row.getString("state"), SqlSession.usd(row, "reserved_usd"), SqlSession.usd(row, "cost_usd"),
                BudgetKey.of(row.getString("tenant"), row.getString("model"), row.getString("job"), row.getString("claimed_day"), keys));
    }

    void make(UUID id, ClaimRequest request, String instance, Instant now, String day) {
        Work work = request.work();
        made.add(new Object[] {id, work.id().hex(), instance, work.job(), work.tenant(), work.task(), request.attempt(),
            request.fallbackLevel(), request.model(), request.reservedUsd(), ClaimRow.OPEN, now, day});
    }

    void settle(UUID id, Settlement end, Instant now) {
        Usage usage = end.usage();
        settled.add(new Object[] {end.state(), end.generationId(), Shown.of(end.servedModel(), Shown.NAME), Shown.of(end.provider(), Shown.NAME),
            usage == null ? null : usage.promptTokens(), usage == null ? null : usage.completionTokens(),
            usage == null ? null : usage.reasoningTokens(), usage == null ? null : usage.cachedTokens(),
            end.costUsd(), end.costSource() == null ? null : end.costSource().toString(), end.latencyMs(), end.reason(), now, id});
        event(id, end.event());
    }

    /** @param cost null leaves it unknown; the same for source and event */
    void correct(UUID id, String state, BigDecimal cost, String source, byte[] event, Instant now) {
        corrected.add(new Object[] {state, cost, source, null, now, id});
        event(id, event);
    }

    /** It was paid, and is no answer all the same. */
    void rejected(UUID id, Settlement end, Instant now) {
        corrected.add(new Object[] {end.state(), null, null, end.reason(), now, id});
        event(id, end.event());
    }

    private void event(UUID id, byte[] json) {
        if (json != null) {
            events.add(new Object[] {id, json});
        }
    }

    void write(SqlSession tx) throws SQLException {
        tx.batch("INSERT INTO claims (claim_id, work_id, instance_id, job, tenant, task, attempt, fallback_level, model, reserved_usd, state,"
                + " claimed_at, claimed_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", made);
        tx.batch("UPDATE claims SET state = ?, generation_id = COALESCE(?, generation_id), served_model = ?, provider = ?, prompt_tokens = ?,"
                + " completion_tokens = ?, reasoning_tokens = ?, cached_tokens = ?, cost_usd = ?, cost_source = ?, latency_ms = ?,"
                + " reason = ?, settled_at = ? WHERE claim_id = ?", settled);
        tx.batch("UPDATE claims SET state = ?, cost_usd = COALESCE(?, cost_usd), cost_source = COALESCE(?, cost_source),"
                + " reason = COALESCE(?, reason), settled_at = ? WHERE claim_id = ?", corrected);
        if (!corrected.isEmpty()) {
            tx.batch("DELETE FROM events WHERE claim_id = ?", events.stream().map(event -> new Object[] {event[0]}).toList());
        }
        tx.batch("INSERT INTO events (claim_id, json) VALUES (?, ?) ON CONFLICT DO NOTHING", events);
    }

    /** The works are done again: their ambiguous calls may have been paid twice. */
    static void retried(SqlSession tx, Collection<String> works) throws SQLException {
        if (!works.isEmpty()) {
            tx.update("UPDATE claims SET state = 'retried' WHERE work_id = ANY(?) AND state = 'ambiguous'", new TreeSet<>(works));
        }
    }

    static void generations(SqlSession tx, List<Object[]> generationAndClaim) throws SQLException {
        tx.batch("UPDATE claims SET generation_id = ? WHERE claim_id = ?", generationAndClaim);
    }

    /** A call as begin needs it. */
    record Called(String workId, String instance, String state, BigDecimal cost, OpenClaim claim) {
    }

    static final String CALLED = "SELECT c.claim_id, c.work_id, w.prompt_id, c.tenant, c.task, c.attempt, c.model, c.reserved_usd, c.generation_id, c.claimed_at,"
            + " c.instance_id, c.state, c.cost_usd FROM claims c JOIN works w ON w.work_id = c.work_id ";

    static List<Called> ofWorks(SqlSession tx, Collection<String> works) throws SQLException {
        return works.isEmpty() ? List.of()
                : tx.list(CALLED + "WHERE c.work_id = ANY(?) AND c.state <> 'void' ORDER BY c.claim_id", Claims::called, works);
    }

    static Called called(ResultSet row) throws SQLException {
        return new Called(row.getString("work_id"), row.getString("instance_id"), row.getString("state"), SqlSession.usd(row, "cost_usd"),
                new OpenClaim(row.getObject("claim_id", UUID.class), new WorkId(row.getString("work_id")), row.getString("prompt_id"),
                        row.getString("tenant"), row.getString("task"), row.getInt("attempt"), row.getString("model"), SqlSession.usd(row, "reserved_usd"), row.getString("generation_id"),
                        SqlSession.instant(row, "claimed_at")));
    }
}
