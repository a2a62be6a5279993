package io.promptroutes.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A row of spending.
 *
 * @param pipeline null where the scope has none; likewise the tenant and the model
 * @param id       the row's key; all processes lock rows in its order
 */
record BudgetKey(Scope scope, String pipeline, String tenant, String model, Period period, String periodKey, String id) {

    /** A B-tree of PostgreSQL takes some 2,700 bytes. */
    private static final int LONGEST_NAME = 200;
    private static final int MOST_KNOWN = 10_000;

    /** Every scope and period that a call counts in; the same few again and again. @param known what was made before */
    static List<BudgetKey> of(String pipeline, String tenant, String model, String job, String day, Map<List<String>, List<BudgetKey>> known) {
        if (known.size() > MOST_KNOWN) {
            known.clear();
        }
        return known.computeIfAbsent(List.of(pipeline, tenant, model, job, day), names -> of(pipeline, tenant, model, job, day));
    }

    private static List<BudgetKey> of(String pipeline, String tenant, String model, String job, String day) {
        List<BudgetKey> keys = new ArrayList<>();
        for (Period period : Period.values()) {
            String periodKey = switch (period) {
                case DAY -> day;
                case MONTH -> day.substring(0, "2026-11".length());
                case JOB -> job;
            };
            for (Scope scope : Scope.values()) {
                keys.add(of(scope, pipeline, tenant, model, period, periodKey));
            }
        }
        return keys;
    }

    /** The row that a limit is about at present; null where it is for each name, or for a job. @param day {@code 2026-11-22} */
    static BudgetKey of(Limit limit, String day) {
        BudgetKey key = of(limit.scope(), limit.pipeline(), limit.tenant(), limit.model(), limit.period(),
                limit.period() == Period.DAY ? day : day.substring(0, "2026-11".length()));
        return limit.period() == Period.JOB || Limit.ANY.equals(key.pipeline) || Limit.ANY.equals(key.tenant) || Limit.ANY.equals(key.model) ? null : key;
    }

    /** Names that the scope does not have are left out. */
    static BudgetKey of(Scope scope, String pipeline, String tenant, String model, Period period, String periodKey) {
        String ofPipeline = scope.hasPipeline() ? pipeline : null;
        String ofTenant = scope.hasTenant() ? tenant : null;
        String ofModel = scope.hasModel() ? model : null;
        String id = String.join("|", (scope + "/" + period).toLowerCase(Locale.ROOT), part(periodKey), part(ofPipeline), part(ofTenant), part(ofModel));
        return new BudgetKey(scope, ofPipeline, ofTenant, ofModel, period, periodKey, SqlDialect.storable(id));
    }

    /** Pipeline, tenant, model or two of them; empty for the total. */
    String name() {
        return switch (scope) {
            case TOTAL -> "";
            case PIPELINE -> pipeline;
            case TENANT -> tenant;
            case MODEL -> model;
            case TENANT_MODEL -> tenant + " " + model;
        };
    }

    private static String part(String name) {
        if (name == null) {
            return "";
        }
        String escaped = name.replace("\\", "\\\\").replace("|", "\\p");
        return escaped.length() <= LONGEST_NAME ? escaped
                : escaped.substring(0, LONGEST_NAME) + "|" + WorkId.of("", "", name, new byte[0]).hex();
    }
}
