package io.promptroutes.prompt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.module.blackbird.BlackbirdModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.apache.commons.io.function.Uncheck;

/** How this project reads and writes JSON: every fraction is a BigDecimal, written in plain notation. Thread-safe. */
public final class Json {

    /** A string has no limit of its own: prompts.max-bytes and openrouter.max-answer-bytes bound it. What can be written is {@link Writable}'s to say. */
    static final StreamReadConstraints LIMITS = StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build();

    public static final ObjectMapper MAPPER = JsonMapper.builder(
                    JsonFactory.builder()
                            .streamReadConstraints(LIMITS)
                            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                            .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .addModule(new BlackbirdModule())
            .build();

    private static final int LONGEST_NUMBER = 64;
    /** Digits before or after the point beyond which a figure is nonsense, and too costly to compute with. */
    private static final int MOST_DIGITS = 300;

    private Json() {
    }

    /** What the bytes are; missing where they are no JSON, or null. */
    public static JsonNode tree(byte[] json) {
        try {
            return json == null ? MAPPER.missingNode() : MAPPER.readTree(json);
        } catch (IOException | NumberFormatException e) { // the latter for 1e99999999999
            return MAPPER.missingNode();
        }
    }

    /** A top-level text of a line, or null; of a line that is broken behind it, too. */
    public static String text(byte[] line, String name) {
        try (JsonParser parser = MAPPER.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals(name);
                JsonToken value = parser.nextToken();
                if (found) {
                    return value == JsonToken.VALUE_STRING ? parser.getText() : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** A number, also one written as a string; null for anything else, and for a number of a size that nothing has. */
    public static BigDecimal number(JsonNode node) {
        if (node.isInt() || node.isLong()) {
            return BigDecimal.valueOf(node.longValue()); // as nearly all are
        }
        return node.isNumber() || node.isTextual() ? number(node.asText()) : null;
    }

    /** The same for a text that may be null. */
    public static BigDecimal number(String text) {
        if (text == null || text.length() > LONGEST_NUMBER) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text.strip());
            return Math.abs(number.scale()) > MOST_DIGITS ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** For nodes and records of whose values it is known that they can be written. */
    public static byte[] bytes(Object value) {
        return Uncheck.get(() -> MAPPER.writeValueAsBytes(value));
    }

    /** A scalar's text with a number's digits as they are, without an exponent; JSON, with the same numbers, for anything else. */
    public static String plain(JsonNode value) {
        return value.isBigDecimal() ? value.decimalValue().toPlainString()
                : value.isContainerNode() ? new String(bytes(value), StandardCharsets.UTF_8) : value.asText();
    }
}
