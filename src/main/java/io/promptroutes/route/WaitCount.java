package io.promptroutes.route;

import io.promptroutes.flow.Tally;
import org.apache.camel.Exchange;

/** Counts the prompts that wait, from before a route's delay to after it. Thread-safe. */
record WaitCount(Tally tally) {

    /** Variable {@code waits} says for what, where {@code next} alone does not. */
    void begin(Exchange exchange) {
        String next = exchange.getVariable("next", String.class);
        if (next.equals("held")) {
            exchange.setVariable("waits", Tally.PAUSED);
        } else if (next.equals("busy")) {
            exchange.setVariable("waits", Tally.ANOTHER_PROCESS);
        }
        tally.waits(exchange.getVariable("waits", String.class), 1);
    }

    void end(Exchange exchange) {
        tally.waits(exchange.getVariable("waits", String.class), -1);
    }
}
