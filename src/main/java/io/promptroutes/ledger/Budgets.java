package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;

/** The table of tenants' limits. Stateless. */
final class Budgets {

    private Budgets() {
    }

    /** The limits of the tenants that these rows are about. Read anew for each group, so that a changed one holds at once everywhere. */
    static List<Limit> of(Tx tx, Collection<BudgetKey> keys) throws SQLException {
        TreeSet<String> tenants = new TreeSet<>();
        keys.stream().map(BudgetKey::tenant).filter(Objects::nonNull).forEach(tenants::add);
        return tx.list("SELECT tenant, model, period, limit_usd FROM budgets WHERE tenant = ANY(?)", Budgets::row, tenants);
    }

    static List<Limit> all(Tx tx) throws SQLException {
        return tx.list("SELECT tenant, model, period, limit_usd FROM budgets ORDER BY tenant, model, period", Budgets::row);
    }

    private static Limit row(ResultSet row) throws SQLException {
        String model = row.getString("model");
        return new Limit(model.equals(Limit.ANY) ? Scope.TENANT : Scope.TENANT_MODEL, row.getString("tenant"), model,
                Period.valueOf(row.getString("period").toUpperCase(Locale.ROOT)), Tx.usd(row, "limit_usd"));
    }

    /** @param usd null removes it */
    static void set(Tx tx, String tenant, String model, Period period, BigDecimal usd) throws SQLException {
        tx.update("DELETE FROM budgets WHERE tenant = ? AND model = ? AND period = ?", tenant, model, period);
        if (usd != null) {
            tx.update("INSERT INTO budgets (tenant, model, period, limit_usd) VALUES (?, ?, ?, ?)", tenant, model, period, usd);
        }
    }
}
