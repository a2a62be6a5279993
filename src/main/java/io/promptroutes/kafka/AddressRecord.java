package io.promptroutes.kafka;

import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Variables;
import io.promptroutes.prompt.Prompt;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.header.Header;

/**
 * Gives a result or a cost event the key of the record that it comes from, and headers that say where that was:
 * {@code prompt-id}, {@code source-topic}, {@code source-partition}, {@code source-offset}; besides, {@code traceparent} and, as they came,
 * those on the allow-list. Values are UTF-8 text. Thread-safe.
 */
public final class AddressRecord implements Processor {

    private final Set<String> carried = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    /** @param allowed names of incoming headers to carry over, in any case */
    public AddressRecord(Set<String> allowed) {
        carried.addAll(allowed);
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        Origin origin = exchange.getVariable(Variables.ORIGIN, Origin.class);
        Prompt prompt = exchange.getVariable(Variables.PROMPT, Prompt.class);
        Inbound arrival = exchange.getVariable(Variables.ARRIVAL, Inbound.class); // null of a cost that was looked up later
        if (origin != null) {
            for (Header header : origin.headers()) {
                if (carried.contains(header.key())) {
                    message.setHeader(header.key().toLowerCase(Locale.ROOT), header.value());
                }
            }
            origin(message, origin);
        } else if (arrival != null && arrival.key() != null) {
            message.setHeader(KafkaConstants.KEY, text(arrival.key()));
        }
        if (arrival != null && arrival.traceparent() != null) {
            message.setHeader(Origin.TRACEPARENT, text(arrival.traceparent()));
        }
        if (prompt != null) {
            message.setHeader("prompt-id", text(prompt.id()));
        }
    }

    static void origin(Message message, Origin origin) {
        if (origin.key() != null) {
            message.setHeader(KafkaConstants.KEY, origin.key());
        }
        message.setHeader("source-topic", text(origin.source().topic()));
        message.setHeader("source-partition", text(String.valueOf(origin.source().partition())));
        message.setHeader("source-offset", text(String.valueOf(origin.source().offset())));
    }

    /** As bytes: Camel would use the platform's character set for a string, and eight bytes for a number. */
    static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
