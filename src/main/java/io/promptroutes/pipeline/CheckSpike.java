package io.promptroutes.pipeline;

import io.promptroutes.flow.AlarmStates;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.message.Alerts;
import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Makes the body an alert where the last hour's spending, as the ledger has it, is far above the mean hour of the day before, else null.
 * Thread-safe.
 *
 * @param ledger null where there is none: then no route names this
 * @param factor times the mean hour
 * @param least  USD in the last hour, below which nothing is a spike
 */
record CheckSpike(Ledger ledger, BigDecimal factor, BigDecimal least, AlarmStates crossings, Clock clock) implements Processor {

    private static final BigDecimal HOURS = BigDecimal.valueOf(24);

    @Override
    public void process(Exchange exchange) {
        Figures.Pace pace = ledger.figures().pace(clock.instant());
        BigDecimal hour = pace.lastHour();
        BigDecimal mean = pace.dayBefore().divide(HOURS, 18, RoundingMode.HALF_UP);
        exchange.getMessage().setBody(null);
        if (mean.signum() == 0 || hour.compareTo(least) < 0 || hour.compareTo(mean.multiply(factor)) <= 0) {
            crossings.off("spike");
        } else if (crossings.goesOn("spike")) {
            exchange.getMessage().setBody(Alerts.of(Alerts.Kind.SPIKE, "spending", "$" + plain(hour) + " in the last hour, against $" + plain(mean)
                    + " in a mean hour of the day before", alert -> {
                        alert.put("last_hour_usd", hour.stripTrailingZeros());
                        alert.put("mean_hour_usd", mean.stripTrailingZeros());
                    }, clock.instant()));
        }
    }

    private static String plain(BigDecimal usd) {
        return Usd.plain(usd.setScale(6, RoundingMode.HALF_UP));
    }
}
