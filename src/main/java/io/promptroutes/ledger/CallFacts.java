package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What figures tell calls apart by, and what they sum up. All may be null but state, time, day, job, pipeline, tenant, model and reserved amount.
 *
 * @param at  when it was claimed
 * @param day of its budgets
 */
record CallFacts(String state, Instant at, String day, String job, String pipeline, String tenant, String task, String model, String tier, int fallbackLevel,
        BigDecimal reserved, BigDecimal cost, String served, String provider, String source, String reason, Long latencyMs, Long promptTokens,
        Long completionTokens) {

    private static final Set<String> DIED = Set.of(ClaimRow.AMBIGUOUS, ClaimRow.RETRIED, ClaimRow.RESOLVED);

    static CallFacts of(ResultSet row) throws SQLException {
        return new CallFacts(row.getString("state"), SqlSession.instant(row, "claimed_at"), row.getString("claimed_day"), row.getString("job"),
                row.getString("pipeline"), row.getString("tenant"), row.getString("task"), row.getString("model"), row.getString("tier"),
                row.getInt("fallback_level"), SqlSession.usd(row, "reserved_usd"), SqlSession.usd(row, "cost_usd"), row.getString("served_model"),
                row.getString("provider"), row.getString("cost_source"), row.getString("reason"), SqlSession.number(row, "latency_ms"),
                SqlSession.number(row, "prompt_tokens"), SqlSession.number(row, "completion_tokens"));
    }

    CallFacts settled(Settlement end) {
        boolean counted = end.usage() != null;
        return new CallFacts(end.state().name().toLowerCase(Locale.ROOT), at, day, job, pipeline, tenant, task, model, end.tier(), fallbackLevel, reserved,
                end.costUsd(), end.servedModel(), end.provider(), end.costSource() == null ? null : end.costSource().toString(), end.reason(), end.latencyMs(),
                counted ? end.usage().promptTokens() : null, counted ? end.usage().completionTokens() : null);
    }

    /** Null leaves cost, source and reason as they are. */
    CallFacts corrected(String otherState, BigDecimal otherCost, String otherSource, String otherReason) {
        return new CallFacts(otherState, at, day, job, pipeline, tenant, task, model, tier, fallbackLevel, reserved, otherCost == null ? cost : otherCost,
                served, provider, otherSource == null ? source : otherSource, otherReason == null ? reason : otherReason, latencyMs, promptTokens, completionTokens);
    }

    boolean running() {
        return state.equals(ClaimRow.OPEN);
    }

    /** The figures that it counts in. */
    List<FigureKey> keys() {
        List<FigureKey> keys = new ArrayList<>(4);
        keys.add(new FigureKey(FigureKey.Kind.CALLS, day, null, new FigureKey.Calls(pipeline, provider, tenant, task, model, served, tier, costSource())));
        keys.add(FigureKey.named(FigureKey.Kind.JOB, day, job));
        keys.add(FigureKey.named(FigureKey.Kind.REASON, day, why()));
        keys.add(FigureKey.named(FigureKey.Kind.MINUTE, day(at), at.truncatedTo(ChronoUnit.MINUTES).toString()));
        return keys;
    }

    private static String day(Instant at) {
        return at.toString().substring(0, "2026-11-22".length());
    }

    /** Where its cost comes from. */
    private String costSource() {
        return running() ? "running" : source != null ? source : cost == null ? "unknown" : "not billed";
    }

    /** Why it failed, or why another model than the first answered; empty where neither. */
    private String why() {
        if (reason != null) {
            return reason;
        }
        if (DIED.contains(state)) {
            return "process_died";
        }
        boolean bad = !state.equals(ClaimRow.SUCCEEDED) && !running();
        return bad || fallbackLevel > 0 && !running() ? "not_recorded" : "";
    }

    /** @param sign 1, or -1 where it no longer counts so */
    void addTo(CallSums sums, int sign) {
        boolean succeeded = state.equals(ClaimRow.SUCCEEDED);
        sums.calls += sign;
        sums.failures += succeeded || running() ? 0 : sign;
        sums.fallbacks += succeeded && fallbackLevel > 0 ? sign : 0;
        sums.promptTokens += promptTokens == null ? 0 : sign * promptTokens;
        sums.completionTokens += completionTokens == null ? 0 : sign * completionTokens;
        BigDecimal factor = BigDecimal.valueOf(sign);
        if (cost != null) {
            sums.cost = sums.cost.add(cost.multiply(factor));
        } else if (!running()) {
            sums.uncertain = sums.uncertain.add(reserved.multiply(factor));
        }
        if (latencyMs != null) {
            sums.latencyMs += sign * latencyMs;
            sums.latencies.add(latencyMs, sign);
        }
    }
}
