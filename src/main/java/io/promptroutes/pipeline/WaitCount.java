package io.promptroutes.pipeline;

import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.Variables;
import org.apache.camel.Exchange;

/** Counts the prompts that wait, from before a route's delay to after it. Thread-safe. */
record WaitCount(JobStatistics tally) {

    void begin(Exchange exchange) {
        tally.waits(exchange.getVariable(Variables.WAIT, Wait.class).reason(), 1);
    }

    void end(Exchange exchange) {
        Wait over = exchange.getVariable(Variables.WAIT, Wait.class);
        tally.waits(over.reason(), -1);
        exchange.setVariable(Variables.NEXT, over.then());
    }
}
