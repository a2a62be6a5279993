package io.promptroutes.route;

import io.promptroutes.flow.Intake;
import io.promptroutes.publish.Alerts;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds everything back for a reason that is no prompt's fault, and tells it once: in the log, and as an alert in variable {@code alert}. Thread-safe. */
final class Pauses {

    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);

    private final Intake intake;
    private final Clock clock;

    Pauses(Intake intake, Clock clock) {
        this.intake = intake;
        this.clock = clock;
    }

    void pause(Exchange exchange, String why) {
        if (intake.pause(why)) {
            tell(exchange, why);
        }
    }

    /** The key does not work. */
    void refused(Exchange exchange, String why) {
        if (intake.refused(why)) {
            tell(exchange, why);
        }
    }

    private void tell(Exchange exchange, String why) {
        LOG.warn("paused: {}", why);
        exchange.setVariable("alert", Alerts.of(Alerts.Kind.PAUSED, "intake", why, alert -> { }, clock.instant()));
    }
}
