package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The limits that hold, settings and tenants' rows together. Immutable.
 *
 * @param limits a limit for a name beats one for all of them; of equals the first counts
 */
record Limits(List<Limit> limits) {

    Limits {
        limits = List.copyOf(limits);
    }

    /** With these in front: a tenant's row beats what the settings say. */
    Limits under(List<Limit> rows) {
        return rows.isEmpty() ? this : new Limits(Stream.concat(rows.stream(), limits.stream()).toList());
    }

    /** The limit on that row, or null. */
    Limit of(BudgetKey key) {
        return limits.stream()
                .filter(limit -> limit.scope() == key.scope() && limit.period() == key.period()
                        && fits(limit.pipeline(), key.pipeline()) && fits(limit.tenant(), key.tenant()) && fits(limit.model(), key.model()))
                .max(Comparator.comparingInt(limit -> named(limit, key))).orElse(null);
    }

    /** @param name null where the scope has none */
    private static boolean fits(String wanted, String name) {
        return name == null || wanted.equals(Limit.ANY) || wanted.equals(name);
    }

    private static int named(Limit limit, BudgetKey key) {
        return (limit.pipeline().equals(key.pipeline()) ? 1 : 0) + (limit.tenant().equals(key.tenant()) ? 1 : 0) + (limit.model().equals(key.model()) ? 1 : 0);
    }

    /** The limits of these tenants. Read anew for each group, so that a changed one holds at once everywhere. */
    static List<Limit> stored(SqlSession tx, Collection<String> of) throws SQLException {
        TreeSet<String> tenants = new TreeSet<>(of);
        return tx.list("SELECT tenant, model, period, limit_usd FROM budgets WHERE tenant = ANY(?)", Limits::row, tenants);
    }

    /** Of all tenants. */
    static List<Limit> stored(SqlSession tx) throws SQLException {
        return tx.list("SELECT tenant, model, period, limit_usd FROM budgets ORDER BY tenant, model, period", Limits::row);
    }

    private static Limit row(ResultSet row) throws SQLException {
        String model = row.getString("model");
        return new Limit(model.equals(Limit.ANY) ? Scope.TENANT : Scope.TENANT_MODEL, row.getString("tenant"), model,
                Period.valueOf(row.getString("period").toUpperCase(Locale.ROOT)), SqlSession.usd(row, "limit_usd"));
    }

    /** @param usd null removes it */
    static void store(SqlSession tx, String tenant, String model, Period period, BigDecimal usd) throws SQLException {
        tx.update("DELETE FROM budgets WHERE tenant = ? AND model = ? AND period = ?", tenant, model, period);
        if (usd != null) {
            tx.update("INSERT INTO budgets (tenant, model, period, limit_usd) VALUES (?, ?, ?, ?)", tenant, model, period, usd);
        }
    }
}
