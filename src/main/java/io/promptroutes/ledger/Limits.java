package io.promptroutes.ledger;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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
                        && (key.tenant() == null || fits(limit.tenant(), key.tenant())) && (key.model() == null || fits(limit.model(), key.model())))
                .max(Comparator.comparingInt(limit -> named(limit, key))).orElse(null);
    }

    private static boolean fits(String wanted, String name) {
        return wanted.equals(Limit.ANY) || wanted.equals(name);
    }

    private static int named(Limit limit, BudgetKey key) {
        return (Objects.equals(limit.tenant(), key.tenant()) ? 1 : 0) + (Objects.equals(limit.model(), key.model()) ? 1 : 0);
    }
}
