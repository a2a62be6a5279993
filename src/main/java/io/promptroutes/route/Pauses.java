package io.promptroutes.route;

import io.promptroutes.flow.Intake;
import io.promptroutes.publish.Alerts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds everything back for a reason that is no prompt's fault, and tells it: in the log, and as an alert in variable {@code alert}; this once
 * for a reason that comes and goes, as a budget's does that has room for small calls only. Thread-safe.
 */
final class Pauses {

    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);

    /** How long there is no second alert for the same reason. */
    private static final Duration TOLD_FOR = Duration.ofMinutes(10);

    private final Intake intake;
    private final Clock clock;
    private String told = "";
    private Instant toldAt = Instant.EPOCH;

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

    private synchronized void tell(Exchange exchange, String why) {
        LOG.warn("paused: {}", why);
        String reason = why.replaceFirst(":.*", ""); // what follows has figures
        Instant now = clock.instant();
        if (reason.equals(told) && now.isBefore(toldAt.plus(TOLD_FOR))) {
            return;
        }
        told = reason;
        toldAt = now;
        exchange.setVariable("alert", Alerts.of(Alerts.Kind.PAUSED, "intake", why, alert -> { }, now));
    }
}
