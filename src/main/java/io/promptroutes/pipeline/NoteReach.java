package io.promptroutes.pipeline;

import io.promptroutes.flow.ProviderStatus;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Notes whether OpenRouter has answered a question, and how. Thread-safe. */
record NoteReach(ProviderStatus reach) implements Processor {

    @Override
    public void process(Exchange exchange) {
        Exception gone = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (gone == null) {
            reach.answers(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class));
        } else {
            reach.silent(gone.getMessage() == null ? gone.getClass().getSimpleName() : gone.getMessage());
        }
    }
}
