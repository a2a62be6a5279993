package io.promptroutes.component;

import io.promptroutes.flow.Inbound;
import io.promptroutes.pipeline.JobLine;
import org.apache.camel.Exchange;

/**
 * A line of a file of the inbox, in a property of its exchange. Immutable by agreement.
 *
 * @param body that the source gave the exchange
 */
record FileLine(Inbound inbound, JobLine job, Object body) {

    /** Names a property that holds what the line's prompt came to, an {@link io.promptroutes.flow.Ending}. */
    static final String ENDING = "PromptRoutesEnding";
    private static final String LINE = "PromptRoutesLine";

    /** Null where it is of no file of the inbox. */
    static FileLine of(Exchange exchange) {
        return exchange.getProperty(LINE, FileLine.class);
    }

    void in(Exchange exchange) {
        exchange.setProperty(LINE, this);
        exchange.getMessage().setBody(body);
    }

    /** Whether the route has left the line as it came. */
    boolean untouched(Exchange exchange) {
        return exchange.getMessage().getBody() == body;
    }
}
