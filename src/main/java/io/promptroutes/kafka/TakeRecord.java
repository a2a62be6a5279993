package io.promptroutes.kafka;

import io.promptroutes.flow.Arrival;
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
 * Turns what camel-kafka received into an {@link Arrival} as the body and an {@link Origin} in a variable, and leaves no header
 * that could reach OpenRouter. Variable {@code replayed} is set for a dead letter that was put back. The one place that knows camel-kafka's header names on the way in. Thread-safe.
 */
public final class TakeRecord implements Processor {

    private final int maxBytes;

    /** @param maxBytes of a prompt; a longer value is kept for the dead letter only */
    public TakeRecord(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        Source source = Source.record(
                message.getHeader(KafkaConstants.TOPIC, String.class),
                message.getHeader(KafkaConstants.PARTITION, Integer.class),
                message.getHeader(KafkaConstants.OFFSET, Long.class));
        byte[] key = message.getHeader(KafkaConstants.KEY, byte[].class);
        byte[] value = message.getBody(byte[].class);
        Headers headers = message.getHeader(KafkaConstants.HEADERS, Headers.class);
        exchange.setVariable(Origin.VARIABLE, new Origin(source, key, value, headers));
        Header traceparent = headers.lastHeader(Origin.TRACEPARENT);
        if (traceparent != null && traceparent.value() != null) {
            exchange.setVariable(Origin.TRACEPARENT, new String(traceparent.value(), StandardCharsets.UTF_8));
        }
        if (message.getHeader(Replay.HEADER) != null) {
            exchange.setVariable("replayed", true);
        }
        message.removeHeaders("*");
        int length = value == null ? 0 : value.length;
        message.setBody(new Arrival(source, key == null ? null : new String(key, StandardCharsets.UTF_8),
                value == null ? new byte[0] : length > maxBytes ? Arrays.copyOf(value, maxBytes) : value, length > maxBytes, length));
    }
}
