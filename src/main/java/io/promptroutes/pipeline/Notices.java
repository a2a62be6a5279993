package io.promptroutes.pipeline;

import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Crossing;
import io.promptroutes.message.Alerts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;

/** Alerts that a step leaves in variable {@code alerts}, a list, for routes/engine/outcomes.camel.yaml to have published. Stateless. */
final class Notices {

    private Notices() {
    }

    static void leave(Exchange exchange, byte[] alert) {
        List<Object> alerts = new ArrayList<>();
        if (exchange.getVariable(Variables.ALERTS) instanceof List<?> before) {
            alerts.addAll(before);
        }
        alerts.add(alert);
        exchange.setVariable(Variables.ALERTS, alerts);
    }

    /** Budget marks that were passed. */
    static void leave(Exchange exchange, List<Crossing> crossings, Instant now) {
        crossings.forEach(one -> leave(exchange, Alerts.budget(one, now)));
    }
}
