package io.promptroutes.settings;

import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.pipeline.Pipeline;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The limits in the settings, per day or month: {@code budget.total.*}, {@code budget.pipeline.<name>.*}, {@code budget.tenant.<name>.*}, {@code budget.model.<id>.*}. */
public final class BudgetSettings {

    private final Map<String, Limit> limits = new LinkedHashMap<>();

    public BudgetSettings(Settings settings) {
        add(settings, "budget.total", Scope.TOTAL, Limit.ANY, "day");
        add(settings, "budget.total", Scope.TOTAL, Limit.ANY, "month");
        named(settings, "budget.pipeline.", Scope.PIPELINE);
        named(settings, "budget.tenant.", Scope.TENANT);
        named(settings, "budget.model.", Scope.MODEL);
        add(settings, "budget", Scope.TOTAL, Limit.ANY, "job");
    }

    private void named(Settings settings, String prefix, Scope scope) {
        for (String key : settings.below(prefix).keySet()) {
            int dot = key.lastIndexOf('.');
            String name = dot < 1 ? "" : key.substring(0, dot);
            String period = key.substring(dot + 1);
            if (name.isEmpty() || !period.equals("day") && !period.equals("month")) {
                settings.refuse(prefix + key, "under a key that ends in a name and .day or .month, such as " + prefix + "NAME.day");
                continue;
            }
            if (scope == Scope.PIPELINE && !name.equals(Limit.ANY) && !name.matches(Pipeline.NAME)) {
                settings.refuse(prefix + key, "under the name of a pipeline, which has lower case letters, digits and dashes, at most 64; * for each of them");
                continue;
            }
            add(settings, prefix + name, scope, name, period);
        }
    }

    private void add(Settings settings, String prefix, Scope scope, String name, String period) {
        BigDecimal usd = settings.amount(prefix + "." + period);
        if (usd != null) {
            try {
                limits.put(prefix + "." + period, new Limit(scope, scope == Scope.PIPELINE ? name : Limit.ANY, scope == Scope.TENANT ? name : Limit.ANY,
                        scope == Scope.MODEL ? name : Limit.ANY, Period.valueOf(period.toUpperCase(Locale.ROOT)), usd));
            } catch (IllegalArgumentException e) {
                settings.refuse(prefix + "." + period, "an amount in US dollars that can be spent, such as 5.00");
            }
        }
    }

    public List<Limit> limits() {
        return List.copyOf(limits.values());
    }

    /** Each with the key that sets it. */
    public Map<String, Limit> byKey() {
        return limits;
    }

    public boolean limited() {
        return !limits.isEmpty();
    }
}
