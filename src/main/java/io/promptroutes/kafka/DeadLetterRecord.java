package io.promptroutes.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.flow.Letter;
import io.promptroutes.flow.Variables;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConstants;

/**
 * Makes the record that the JSON dead letter in the body is about the body, for {@link DeadLetterSerializer}, with its key and time, and the
 * reason in headers {@code error-code}, {@code error-message}, {@code error-retryable} and {@code error-attempts}; in {@code error-text} the
 * beginning of an answer that was not what was asked for. Where the prompt came in no record, the JSON itself stays the value; so it does,
 * without the record's own headers, where variable {@code letter} says that there is no room for the record; {@link Replay#NO_RECORD} tells
 * both. Thread-safe.
 */
public final class DeadLetterRecord implements Processor {

    /** Beside the record itself there is not much room before a broker refuses it. */
    private static final int LONGEST_TEXT = 16_384;

    @Override
    public void process(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        Origin origin = exchange.getVariable(Variables.ORIGIN, Origin.class);
        JsonNode letter = Json.MAPPER.readTree(message.getBody(byte[].class));
        message.removeHeaders("*");
        Letter said = exchange.getVariable(Variables.LETTER, Letter.class); // null of one that is published again
        boolean whole = origin != null && (said == null || said.whole());
        if (origin != null) {
            AddressRecord.origin(message, origin);
        }
        if (whole) {
            message.setBody(origin);
            if (origin.timestamp() != null && origin.timestamp() >= 0) {
                message.setHeader(KafkaConstants.OVERRIDE_TIMESTAMP, origin.timestamp());
            }
        } else {
            message.setHeader(Replay.NO_RECORD, AddressRecord.text("true"));
            if (origin != null && origin.key() != null && origin.key().length > LONGEST_TEXT) {
                message.removeHeader(KafkaConstants.KEY);
            }
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
}
