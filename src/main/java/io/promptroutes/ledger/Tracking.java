package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which scopes and periods spending is kept for. One that meets its first limit is summed up once, while no other process writes; from then
 * on every process keeps its rows, whatever limits its own settings have. Stateless.
 */
final class Tracking {

    /** All tenants of a day, say. */
    record Tracked(Scope scope, Period period) {
    }

    /** A limit is on something that is not kept yet. What was begun is undone, and done again after {@link #begin}. */
    static final class Missing extends RuntimeException {

        private final transient Set<Tracked> scopes;

        private Missing(Set<Tracked> scopes) {
            super("spending is not kept yet", null, false, false);
            this.scopes = scopes;
        }

        Set<Tracked> scopes() {
            return scopes;
        }
    }

    private static final String SUMS = """
            SELECT %s AS pipeline, %s AS tenant, %s AS model, %s AS period_key, COALESCE(usd_sum(cost_usd), 0) AS spent,
              COALESCE(usd_sum(CASE WHEN cost_usd IS NULL AND state <> 'open' THEN reserved_usd END), 0) AS held,
              COALESCE(usd_sum(CASE WHEN cost_usd IS NULL AND state = 'open' THEN reserved_usd END), 0) AS reserved
            FROM claims WHERE claim_id >= ? AND claimed_day >= ? GROUP BY 1, 2, 3, 4""";
    private static final String NONE = "CAST(NULL AS VARCHAR)";

    private Tracking() {
    }

    /** What spending is kept for; nothing where nobody ever had a limit. */
    static Set<Tracked> kept(SqlSession tx) throws SQLException {
        return new HashSet<>(tx.list("SELECT scope, period FROM tracked", row -> new Tracked(
                Scope.valueOf(row.getString("scope").toUpperCase(Locale.ROOT)), Period.valueOf(row.getString("period").toUpperCase(Locale.ROOT)))));
    }

    /** Fails with {@link Missing} where a limit is on something else. */
    static void check(Set<Tracked> kept, Limits limits) {
        Set<Tracked> missing = limits.limits().stream().map(limit -> new Tracked(limit.scope(), limit.period())).collect(Collectors.toSet());
        missing.removeAll(kept);
        if (!missing.isEmpty()) {
            throw new Missing(missing);
        }
    }

    /** @param tx alone with the tables @param day of today's budgets: what counts is its month and what is later, or all of a job */
    static void begin(SqlSession tx, Set<Tracked> scopes, String day) throws SQLException {
        LocalDate month = LocalDate.parse(day).withDayOfMonth(1);
        for (Tracked one : scopes) {
            if (tx.update("INSERT INTO tracked (scope, period) VALUES (?, ?) ON CONFLICT DO NOTHING", one.scope(), one.period()) == 1) {
                boolean job = one.period() == Period.JOB;
                // a process's clock may be some hours behind the database's
                UUID first = job ? new UUID(0, 0) : ClaimIds.first(month.atStartOfDay(ZoneOffset.UTC).toInstant().minus(Duration.ofDays(1)));
                List<Object[]> rows = new ArrayList<>(tx.list(SUMS.formatted(one.scope().hasPipeline() ? "pipeline" : NONE, one.scope().hasTenant() ? "tenant" : NONE,
                        one.scope().hasModel() ? "model" : NONE, periodKey(one.period())), row -> {
                            BudgetKey key = BudgetKey.of(one.scope(), row.getString("pipeline"), row.getString("tenant"), row.getString("model"), one.period(),
                                    row.getString("period_key"));
                            return Spending.row(key, SqlSession.usd(row, "spent"), SqlSession.usd(row, "held"), SqlSession.usd(row, "reserved"));
                        }, first, job ? "" : month.toString()));
                tx.batch(Spending.INSERT, rows);
            }
        }
    }

    private static String periodKey(Period period) {
        return switch (period) {
            case DAY -> "claimed_day";
            case MONTH -> "SUBSTR(claimed_day, 1, 7)";
            case JOB -> "job";
        };
    }
}
