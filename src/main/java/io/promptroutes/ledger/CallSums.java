package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Sums over calls. Those of one row alone can be negative: what one process counted, another may take back. Confined to one thread. */
final class CallSums {

    static final String COLUMNS = "calls, failures, fallbacks, reused, latency_ms, prompt_tokens, completion_tokens, cost_usd, uncertain_usd, saved_usd, latencies";
    static final String MARKS = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";
    static final String UPDATE = "UPDATE figures SET calls = ?, failures = ?, fallbacks = ?, reused = ?, latency_ms = ?, prompt_tokens = ?, completion_tokens = ?,"
            + " cost_usd = ?, uncertain_usd = ?, saved_usd = ?, latencies = ?, version = version + 1 WHERE figure_id = ?";

    long calls;
    long failures;
    long fallbacks;
    long reused;
    long latencyMs;
    long promptTokens;
    long completionTokens;
    BigDecimal cost = BigDecimal.ZERO;
    BigDecimal uncertain = BigDecimal.ZERO;
    BigDecimal saved = BigDecimal.ZERO;
    final LatencyHistogram latencies = new LatencyHistogram();

    void add(ResultSet row) throws SQLException {
        calls += row.getLong("calls");
        failures += row.getLong("failures");
        fallbacks += row.getLong("fallbacks");
        reused += row.getLong("reused");
        latencyMs += row.getLong("latency_ms");
        promptTokens += row.getLong("prompt_tokens");
        completionTokens += row.getLong("completion_tokens");
        cost = cost.add(row.getBigDecimal("cost_usd"));
        uncertain = uncertain.add(row.getBigDecimal("uncertain_usd"));
        saved = saved.add(row.getBigDecimal("saved_usd"));
        latencies.add(row.getString("latencies"));
    }

    void add(CallSums other) {
        calls += other.calls;
        failures += other.failures;
        fallbacks += other.fallbacks;
        reused += other.reused;
        latencyMs += other.latencyMs;
        promptTokens += other.promptTokens;
        completionTokens += other.completionTokens;
        cost = cost.add(other.cost);
        uncertain = uncertain.add(other.uncertain);
        saved = saved.add(other.saved);
        latencies.add(other.latencies);
    }

    boolean nothing() {
        return calls == 0 && reused == 0 && failures == 0 && cost.signum() == 0 && uncertain.signum() == 0;
    }

    /** In the order of {@link #COLUMNS}. */
    List<Object> values() {
        return List.of(calls, failures, fallbacks, reused, latencyMs, promptTokens, completionTokens, cost, uncertain, saved, latencies.toString());
    }
}
