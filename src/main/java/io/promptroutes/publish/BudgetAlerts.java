package io.promptroutes.publish;

import io.promptroutes.cost.Usd;
import io.promptroutes.ledger.Crossing;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import java.time.Instant;
import java.util.Locale;

/** Writes a passed budget mark as an alert. Stateless. */
public final class BudgetAlerts {

    private BudgetAlerts() {
    }

    public static byte[] of(Crossing crossing, Instant now) {
        Limit limit = crossing.limit();
        String scope = limit.scope().toString().toLowerCase(Locale.ROOT);
        String period = limit.period() == Period.JOB ? "job" : crossing.periodKey();
        String subject = (scope + " " + crossing.name()).strip() + " " + period;
        String message = (crossing.percent() == 100 ? "the budget for " + subject + " has no room for the next call" : crossing.percent()
                + " % of the budget for " + subject + " is gone") + ": $" + Usd.plain(crossing.spentUsd()) + " of $" + Usd.plain(limit.usd());
        return Alerts.of(Alerts.Kind.BUDGET, subject, message, alert -> {
            alert.put("scope", scope);
            alert.put("name", crossing.name());
            alert.put("period", period);
            alert.put("percent", crossing.percent());
            alert.put("spent_usd", Usd.of(crossing.spentUsd()));
            alert.put("limit_usd", Usd.of(limit.usd()));
        }, now);
    }
}
