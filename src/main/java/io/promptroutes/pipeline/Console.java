package io.promptroutes.pipeline;

import java.io.PrintStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Prints results and dead letters: bean {@code print} of routes/engine/publish-to-console.camel.yaml. Thread-safe. */
public record Console(PrintStream out) implements Processor {

    @Override
    public void process(Exchange exchange) {
        byte[] json = exchange.getMessage().getBody(byte[].class);
        synchronized (out) {
            out.write(json, 0, json.length); // as bytes: JSON is UTF-8, whatever the terminal's character set
            out.write('\n');
            out.flush();
        }
    }
}
