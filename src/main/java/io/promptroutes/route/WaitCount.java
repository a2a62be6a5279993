package io.promptroutes.route;

import io.promptroutes.flow.Tally;
import org.apache.camel.Exchange;

/** Counts the prompts that wait, from before a route's delay to after it. Thread-safe. */
record WaitCount(Tally tally) {

    void begin(Exchange exchange) {
        tally.waits(exchange.getVariable("wait", Wait.class).reason(), 1);
    }

    void end(Exchange exchange) {
        Wait over = exchange.getVariable("wait", Wait.class);
        tally.waits(over.reason(), -1);
        exchange.setVariable("next", over.then());
    }
}
