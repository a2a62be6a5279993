package io.promptroutes.kafka;

import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.Utf8;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A Kafka record as it came, in a property of its exchange, and what says when it is done with. Immutable by agreement.
 *
 * @param key       null where the record has none
 * @param value     null of a tombstone
 * @param data      what the value says: the value itself, or JSON where a registry has its schema
 * @param headers   all of them, in their order
 * @param timestamp milliseconds since 1970; negative where the record has none
 * @param body      that the source gives its route: text, or bytes where they are no UTF-8
 */
public record PolledRecord(Source source, byte[] key, byte[] value, byte[] data, Headers headers, long timestamp, Object body, Acknowledgement acknowledgement) {

    private static final String PROPERTY = "PromptRoutesRecord";

    public PolledRecord(Source source, byte[] key, byte[] value, Headers headers, long timestamp, Acknowledgement acknowledgement) {
        this(source, key, value, value, headers, timestamp, text(value), acknowledgement);
    }

    private static Object text(byte[] value) {
        if (value == null) {
            return null;
        }
        String text = Utf8.text(value);
        return text == null ? value : text;
    }

    /** Null where the exchange comes of no such source. */
    public static PolledRecord of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, PolledRecord.class);
    }

    /** The same, whose value says this. */
    public PolledRecord saying(byte[] json) {
        return new PolledRecord(source, key, value, json, headers, timestamp, text(json), acknowledgement);
    }

    public void in(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /** Whether the route has left the body as the source gave it. */
    public boolean untouched(Exchange exchange) {
        return value != null && exchange.getMessage().getBody() == body;
    }

    /** Whether it is a dead letter that was put back on its topic. */
    public boolean replayed() {
        return headers.lastHeader(Replay.HEADER) != null;
    }

    /** The sender's span; null where it names none. */
    public String traceparent() {
        Header header = headers.lastHeader("traceparent");
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return source.defaultId();
    }
}
