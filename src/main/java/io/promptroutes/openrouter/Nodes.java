package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;

/** Lenient reading of JSON that others wrote: what has the wrong type counts as absent. Stateless. */
final class Nodes {

    private static final int LONGEST_NUMBER = 64;
    /** Digits before or after the point beyond which a figure is nonsense, and too costly to compute with. */
    private static final int MOST_DIGITS = 300;

    private Nodes() {
    }

    /** Missing where the bytes are no JSON, or null. */
    static JsonNode parse(byte[] body) {
        try {
            return body == null ? MissingNode.getInstance() : Json.MAPPER.readTree(body);
        } catch (IOException | NumberFormatException e) {
            // the latter for 1e99999999999; their messages quote the body
            return MissingNode.getInstance();
        }
    }

    /** What a list holds first; anything else is itself. */
    static JsonNode first(JsonNode node) {
        return node.isArray() ? node.path(0) : node;
    }

    /** The words of a string or number; null for anything else and for blanks. */
    static String text(JsonNode node) {
        return (node.isTextual() || node.isNumber()) && !node.asText().isBlank() ? node.asText() : null;
    }

    /** A number, also one written as a string; null where there is none. */
    static BigDecimal number(JsonNode node) {
        return number(text(node));
    }

    static BigDecimal number(String text) {
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
}
