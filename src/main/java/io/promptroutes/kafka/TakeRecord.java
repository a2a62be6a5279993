package io.promptroutes.kafka;

import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Variables;
import io.promptroutes.prompt.Source;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Turns what camel-kafka received into an {@link Inbound} as the body and an {@link Origin} in a variable, and leaves no header
 * that could reach OpenRouter. A tombstone is acknowledged, and ends here. The one place that knows camel-kafka's header names on the way in. Thread-safe.
 *
 * @param maxBytes of a prompt; a longer value is kept for the dead letter only
 * @param taken    run for each record that may hold a prompt
 * @param passed   run for each tombstone
 */
public record TakeRecord(int maxBytes, Runnable taken, Runnable passed) implements Processor {

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        byte[] value = message.getBody(byte[].class);
        if (value == null) { // a tombstone says that something is gone, and asks nothing
            passed.run();
            exchange.getVariable(Variables.ACKNOWLEDGEMENT, Acknowledgement.class).done();
            exchange.setRouteStop(true);
            return;
        }
        taken.run();
        Source source = Source.record(
                message.getHeader(KafkaConstants.TOPIC, String.class),
                message.getHeader(KafkaConstants.PARTITION, Integer.class),
                message.getHeader(KafkaConstants.OFFSET, Long.class));
        byte[] key = message.getHeader(KafkaConstants.KEY, byte[].class);
        Headers headers = message.getHeader(KafkaConstants.HEADERS, Headers.class);
        exchange.setVariable(Variables.ORIGIN, new Origin(source, key, value, headers, message.getHeader(KafkaConstants.TIMESTAMP, Long.class)));
        Header traceparent = headers.lastHeader(Origin.TRACEPARENT);
        boolean replayed = message.getHeader(Replay.HEADER) != null;
        message.removeHeaders("*");
        message.setBody(new Inbound(source, key == null ? null : new String(key, StandardCharsets.UTF_8),
                value.length > maxBytes ? Arrays.copyOf(value, maxBytes) : value, value.length > maxBytes, value.length, null, null, replayed,
                traceparent == null || traceparent.value() == null ? null : new String(traceparent.value(), StandardCharsets.UTF_8)));
    }
}
