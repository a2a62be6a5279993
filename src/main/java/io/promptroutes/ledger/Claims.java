package io.promptroutes.ledger;

import io.promptroutes.model.Usage;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** The table of claims. What a group changes is collected, and written in one go per kind. Confined to the writer. */
final class Claims {

    /** In front of a batch's id, in place of the instance's: no process's end makes the call ambiguous. */
    static final String OF_A_BATCH = "batch ";

    private static final String FOR_BOOKING = "SELECT claim_id, state, reserved_usd, cost_usd, claimed_at, claimed_day, job, pipeline, tenant, task, model, tier,"
            + " fallback_level, served_model, provider, cost_source, reason, latency_ms, prompt_tokens, completion_tokens FROM claims ";

    private final List<Object[]> made = new ArrayList<>();
    private final List<Object[]> settled = new ArrayList<>();
    private final List<Object[]> corrected = new ArrayList<>();
    private final List<Object[]> events = new ArrayList<>();

    static Map<UUID, ClaimRow> lock(SqlSession tx, Collection<UUID> ids) throws SQLException {
        return tx.byKey(FOR_BOOKING + "WHERE claim_id = ANY(?) ORDER BY claim_id FOR UPDATE", Claims::row, ClaimRow::id, new TreeSet<>(ids));
    }

    static List<ClaimRow> lockOpenOf(SqlSession tx, Collection<String> instances) throws SQLException {
        return tx.list(FOR_BOOKING + "WHERE state = 'open' AND instance_id = ANY(?) ORDER BY claim_id FOR UPDATE", Claims::row, instances);
    }

    private static ClaimRow row(ResultSet row) throws SQLException {
        return new ClaimRow(SqlSession.id(row, "claim_id"), CallFacts.of(row));
    }

    /** What runs now, as far as figures need it. */
    static List<CallFacts> running(SqlSession tx) throws SQLException {
        return tx.list(FOR_BOOKING + "WHERE state = 'open'", CallFacts::of);
    }

    void make(UUID id, ClaimRequest request, String instance, Instant now, String day) {
        Work work = request.work();
        made.add(new Object[] {id, work.id().hex(), instance, work.job(), work.pipeline(), work.tenant(), work.task(), request.attempt(),
            request.fallbackLevel(), request.model(), request.reservedUsd(), ClaimRow.OPEN, now, day});
    }

    void settle(UUID id, Settlement end, Instant now) {
        Usage usage = end.usage();
        settled.add(new Object[] {end.state(), end.generationId(), end.servedModel(), end.provider(),
            usage == null ? null : usage.promptTokens(), usage == null ? null : usage.completionTokens(),
            usage == null ? null : usage.reasoningTokens(), usage == null ? null : usage.cachedTokens(),
            end.costUsd(), end.costSource() == null ? null : end.costSource().toString(), end.latencyMs(), end.reason(), end.tier(), now, id});
        event(id, KeptEvent.of(end), now);
    }

    /** @param cost null leaves it as it is; the same for source, reason and event */
    void correct(UUID id, String state, BigDecimal cost, String source, String reason, KeptEvent event, Instant now) {
        corrected.add(new Object[] {state, cost, source, reason, now, id});
        event(id, event, now);
    }

    private void event(UUID id, KeptEvent event, Instant now) {
        if (event != null) {
            events.add(new Object[] {id, event.lookedUp(), event.json(), event.unsent() ? null : now});
        }
    }

    void write(SqlSession tx) throws SQLException {
        tx.batch("INSERT INTO claims (claim_id, work_id, instance_id, job, pipeline, tenant, task, attempt, fallback_level, model, reserved_usd, state,"
                + " claimed_at, claimed_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", made);
        tx.batch("UPDATE claims SET state = ?, generation_id = COALESCE(?, generation_id), served_model = ?, provider = ?, prompt_tokens = ?,"
                + " completion_tokens = ?, reasoning_tokens = ?, cached_tokens = ?, cost_usd = ?, cost_source = ?, latency_ms = ?,"
                + " reason = ?, tier = ?, settled_at = ? WHERE claim_id = ?", settled);
        tx.batch("UPDATE claims SET state = ?, cost_usd = COALESCE(?, cost_usd), cost_source = COALESCE(?, cost_source),"
                + " reason = COALESCE(?, reason), settled_at = ? WHERE claim_id = ?", corrected);
        if (!corrected.isEmpty()) {
            tx.batch("DELETE FROM events WHERE claim_id = ? AND looked_up = ?", events.stream().map(event -> new Object[] {event[0], event[1]}).toList());
        }
        tx.batch("INSERT INTO events (claim_id, looked_up, json, published_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", events);
    }

    /** The works are done again: their ambiguous calls may have been paid twice. */
    static void retried(SqlSession tx, Collection<String> works) throws SQLException {
        if (!works.isEmpty()) {
            tx.update("UPDATE claims SET state = 'retried' WHERE work_id = ANY(?) AND state = 'ambiguous'", new TreeSet<>(works));
        }
    }

    /** Deletes some of those that are over and whose works are gone. Tells how many. */
    static int purge(SqlSession tx, Instant before) throws SQLException {
        return tx.update("DELETE FROM claims WHERE claim_id IN (SELECT claim_id FROM claims c LEFT JOIN works w ON w.work_id = c.work_id"
                + " WHERE claim_id < ? AND c.state <> 'open' AND w.work_id IS NULL ORDER BY claim_id LIMIT ?)", ClaimIds.first(before), Works.PURGED_AT_ONCE);
    }

    static void generations(SqlSession tx, List<Object[]> generationAndClaim) throws SQLException {
        tx.batch("UPDATE claims SET generation_id = ? WHERE claim_id = ?", generationAndClaim);
    }

    /** A call as begin needs it. */
    record Called(String workId, String instance, String state, BigDecimal cost, OpenClaim claim) {

        /** The batch that it is open in; null where it is in none. */
        UUID batch() {
            return state.equals(ClaimRow.OPEN) && instance.startsWith(OF_A_BATCH) ? UUID.fromString(instance.substring(OF_A_BATCH.length())) : null;
        }
    }

    static final String CALLED = "SELECT c.claim_id, c.work_id, w.prompt_id, c.tenant, c.task, c.attempt, c.model, c.reserved_usd, c.generation_id, c.claimed_at,"
            + " c.instance_id, c.state, c.cost_usd FROM claims c JOIN works w ON w.work_id = c.work_id ";

    static List<Called> ofWorks(SqlSession tx, Collection<String> works) throws SQLException {
        return works.isEmpty() ? List.of()
                : tx.list(CALLED + "WHERE c.work_id = ANY(?) AND c.state <> 'void' ORDER BY c.claim_id", Claims::called, works);
    }

    static Called called(ResultSet row) throws SQLException {
        return new Called(row.getString("work_id"), row.getString("instance_id"), row.getString("state"), SqlSession.usd(row, "cost_usd"),
                new OpenClaim(SqlSession.id(row, "claim_id"), new WorkId(row.getString("work_id")), row.getString("prompt_id"),
                        row.getString("tenant"), row.getString("task"), row.getInt("attempt"), row.getString("model"), SqlSession.usd(row, "reserved_usd"), row.getString("generation_id"),
                        SqlSession.instant(row, "claimed_at")));
    }
}
