package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.flow.AlarmStates;
import io.promptroutes.flow.ProviderStatus;
import io.promptroutes.message.Alerts;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Reads the body of {@code GET /key} or {@code GET /credits} and makes it an alert where the credit that is left has fallen below
 * the threshold, else null. Thread-safe.
 *
 * @param threshold in USD
 */
record CheckCredit(BigDecimal threshold, AlarmStates crossings, ProviderStatus reach, Clock clock) implements Processor {

    @Override
    public void process(Exchange exchange) throws IOException {
        JsonNode data = Json.MAPPER.readTree(exchange.getMessage().getBody(byte[].class)).path("data");
        boolean account = data.hasNonNull("total_credits");
        String of = account ? "account" : "key";
        BigDecimal left = account ? Usd.left(data.path("total_credits"), data.path("total_usage")) : Json.number(data.path("limit_remaining"));
        reach.credit(of, left);
        exchange.getMessage().getHeaders().clear();
        exchange.getMessage().setBody(null);
        if (left == null || left.compareTo(threshold) >= 0) { // no figure: the key has no limit of its own
            crossings.off("credit " + of);
        } else if (crossings.goesOn("credit " + of)) {
            String message = "$" + left.toPlainString() + " left on this " + of + ", less than $" + threshold.toPlainString();
            exchange.getMessage().setBody(Alerts.of(Alerts.Kind.CREDIT, of, message, alert -> {
                alert.put("left_usd", left);
                alert.put("threshold_usd", threshold);
                alert.put("figure_of", account ? "GET /credits" : "GET /key limit_remaining");
            }, clock.instant()));
        }
    }
}
