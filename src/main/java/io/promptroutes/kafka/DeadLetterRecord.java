package io.promptroutes.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.kafka.common.header.Header;

/**
 * Makes the original record of the JSON dead letter that is the body: value and key byte for byte, its headers, and the reason in
 * {@code error-code}, {@code error-message}, {@code error-retryable} and {@code error-attempts}; in {@code error-text} the beginning of an
 * answer that was not what was asked for. Where the prompt came in no record, the JSON itself stays the value; so it does, without the
 * record's own headers, where variable {@code withoutText} says that there is no room for the record; {@link Replay#NO_RECORD} tells both. Of headers that came more than once
 * Camel can carry the last only, and none whose name begins with {@code kafka.}: it would take them for orders about topic, partition or
 * key. Thread-safe.
 */
public final class DeadLetterRecord implements Processor {

    /** Beside the record itself there is not much room before a broker refuses it. */
    private static final int LONGEST_TEXT = 16_384;

    @Override
    public void process(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        Origin origin = exchange.getVariable(Origin.VARIABLE, Origin.class);
        JsonNode letter = Json.MAPPER.readTree(message.getBody(byte[].class));
        message.removeHeaders("*");
        if (origin != null && exchange.getVariable("withoutText") == null) {
            for (Header header : origin.headers()) {
                if (!forCamel(header.key())) {
                    message.setHeader(header.key(), header.value());
                }
            }
            message.setBody(origin.value());
        }
        if (origin == null || exchange.getVariable("withoutText") != null) {
            message.setHeader(Replay.NO_RECORD, AddressRecord.text("true"));
        }
        if (origin != null) {
            AddressRecord.origin(message, origin);
        }
        JsonNode error = letter.path("error");
        message.setHeader("prompt-id", AddressRecord.text(letter.path("id").asText()));
        message.setHeader("error-code", AddressRecord.text(error.path("code").asText()));
        message.setHeader("error-message", AddressRecord.text(error.path("message").asText()));
        message.setHeader("error-retryable", AddressRecord.text(error.path("retryable").asText()));
        String text = letter.path("text").asText();
        if (!text.isEmpty()) {
            message.setHeader("error-text", AddressRecord.text(text.substring(0, Math.min(text.length(), LONGEST_TEXT))));
        }
        message.setHeader("error-attempts", AddressRecord.text(String.valueOf(letter.path("attempts").size())));
    }

    /** Names of headers have no case in Camel. */
    private static boolean forCamel(String name) {
        return name.regionMatches(true, 0, "kafka.", 0, "kafka.".length());
    }
}
