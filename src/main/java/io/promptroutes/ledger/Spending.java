package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rows of spending that a group touches. They are locked first, in one order in all processes; then every claim and settlement is
 * decided in memory, and each row is written once. Confined to the writer.
 */
final class Spending {

    private static final class Row {
        final BudgetKey key;
        ClaimRow.Booking total;
        int alertLevel;
        BigDecimal alertLimit;
        boolean changed;

        Row(BudgetKey key, ResultSet row) throws SQLException {
            this.key = key;
            this.total = new ClaimRow.Booking(row.getBigDecimal("spent_usd"), row.getBigDecimal("held_usd"), row.getBigDecimal("reserved_usd"));
            this.alertLevel = row.getInt("alert_level");
            this.alertLimit = row.getBigDecimal("alert_limit");
        }

        BigDecimal gone() {
            return total.gone();
        }

        void add(ClaimRow.Booking more) {
            total = total.plus(more);
            changed = true;
        }
    }

    static final String INSERT = "INSERT INTO spending (spending_id, scope, pipeline, tenant, model, period, period_key, spent_usd, held_usd, reserved_usd, alert_level)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING";

    private static final List<Integer> THRESHOLDS = List.of(50, 80, 100);

    /** Where nothing is paid, or nobody has a limit. */
    static final Spending NONE = new Spending(new Limits(List.of()));

    private final Map<String, Row> rows = new TreeMap<>();
    private final Limits limits;

    private Spending(Limits limits) {
        this.limits = limits;
    }

    /**
     * @param kept  what spending is kept for
     * @param keys  those that are not there are put in. One of an earlier month is left out: nobody may have kept it then, and it would
     *              begin in the middle
     * @param month of today's budgets: {@code 2026-11}
     * @param known ids that the table has, so that they need not be put in
     */
    static Spending lock(SqlSession tx, Set<Tracking.Tracked> kept, Collection<BudgetKey> keys, String month, Limits limits, Set<String> known)
            throws SQLException {
        Spending spending = new Spending(limits);
        Map<String, BudgetKey> byId = new TreeMap<>();
        keys.stream().filter(key -> kept.contains(new Tracking.Tracked(key.scope(), key.period())))
                .forEach(key -> byId.put(key.id(), key));
        if (byId.isEmpty()) {
            return spending;
        }
        tx.batch(INSERT, byId.values().stream().filter(key -> !known.contains(key.id()) && (key.period() == Period.JOB || key.periodKey().compareTo(month) >= 0))
                .map(key -> row(key, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO)).toList());
        tx.list("SELECT spending_id, spent_usd, held_usd, reserved_usd, alert_level, alert_limit FROM spending"
                + " WHERE spending_id = ANY(?) ORDER BY spending_id FOR UPDATE", row -> {
                    String id = row.getString("spending_id");
                    return spending.rows.put(id, new Row(byId.get(id), row));
                }, byId.keySet());
        return spending;
    }

    /** For {@link #INSERT}. */
    static Object[] row(BudgetKey key, BigDecimal spent, BigDecimal held, BigDecimal reserved) {
        return new Object[] {key.id(), key.scope(), key.pipeline(), key.tenant(), key.model(), key.period(), key.periodKey(), spent, held, reserved};
    }

    /** The ids it holds; to be known once the group is committed. */
    Set<String> ids() {
        return new HashSet<>(rows.keySet());
    }

    /** Reserves in every row, or in none. Returns the refusal, or null. */
    ClaimAnswer.Refused reserve(List<BudgetKey> keys, BigDecimal asked) {
        for (BudgetKey key : kept(keys)) {
            Row row = rows.get(key.id());
            Limit limit = limits.of(key);
            if (limit != null && row.gone().add(row.total.reserved()).add(asked).compareTo(limit.usd()) > 0) {
                return refusal(row, limit, asked);
            }
        }
        ClaimRow.Booking reserved = new ClaimRow.Booking(BigDecimal.ZERO, BigDecimal.ZERO, asked);
        kept(keys).forEach(key -> rows.get(key.id()).add(reserved));
        return null;
    }

    private List<BudgetKey> kept(List<BudgetKey> keys) {
        return rows.isEmpty() ? List.of() : keys.stream().filter(key -> rows.containsKey(key.id())).toList();
    }

    /** A refusal counts as 100 % once half is spent: before that the call was too large, the budget not used up. */
    private static ClaimAnswer.Refused refusal(Row row, Limit limit, BigDecimal asked) {
        boolean usedUp = row.gone().add(asked).compareTo(limit.usd()) > 0 && percent(row.gone(), limit.usd()) >= THRESHOLDS.get(0);
        List<Crossing> crossings = new ArrayList<>();
        cross(row, limit, usedUp ? 100 : percent(row.gone(), limit.usd()), crossings);
        return new ClaimAnswer.Refused(limit, row.key.name(), row.key.periodKey(), row.gone(), row.total.reserved(), asked, List.copyOf(crossings));
    }

    /** Books what changed, and adds the thresholds that it passes. */
    void book(List<BudgetKey> keys, ClaimRow.Booking change, List<Crossing> crossings) {
        for (BudgetKey key : kept(keys)) {
            Row row = rows.get(key.id());
            row.add(change);
            Limit limit = limits.of(key);
            if (limit != null) {
                cross(row, limit, percent(row.gone(), limit.usd()), crossings);
            }
        }
    }

    private static int percent(BigDecimal gone, BigDecimal limit) {
        return limit.signum() == 0 ? 0
                : THRESHOLDS.stream().filter(one -> gone.movePointRight(2).compareTo(limit.multiply(BigDecimal.valueOf(one))) >= 0)
                        .max(Integer::compare).orElse(0);
    }

    /** What was told of another limit does not count for this one. */
    private static void cross(Row row, Limit limit, int level, List<Crossing> crossings) {
        int told = row.alertLimit != null && row.alertLimit.compareTo(limit.usd()) == 0 ? row.alertLevel : 0;
        if (level <= told) {
            return;
        }
        THRESHOLDS.stream().filter(one -> one > told && one <= level)
                .forEach(one -> crossings.add(new Crossing(limit, row.key.name(), row.key.periodKey(), one, row.gone())));
        row.alertLevel = level;
        row.alertLimit = limit.usd();
        row.changed = true;
    }

    void write(SqlSession tx) throws SQLException {
        tx.batch("UPDATE spending SET spent_usd = ?, held_usd = ?, reserved_usd = ?, alert_level = ?, alert_limit = ? WHERE spending_id = ?",
                rows.values().stream().filter(row -> row.changed).map(row -> new Object[] {row.total.spent(), row.total.held(), row.total.reserved(),
                    row.alertLevel, row.alertLimit, row.key.id()}).toList());
    }
}
