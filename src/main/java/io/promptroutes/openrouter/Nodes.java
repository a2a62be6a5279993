package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** Lenient reading of single JSON values: what has the wrong type counts as absent. Stateless. */
final class Nodes {

    private static final int LONGEST_NUMBER = 64;
    /** Digits before or after the point beyond which a figure is nonsense, and too costly to compute with. */
    private static final int MOST_DIGITS = 300;

    private Nodes() {
    }

    /** The words of a string or number; null for anything else and for blanks. */
    static String text(JsonNode node) {
        if (!node.isTextual() && !node.isNumber()) {
            return null;
        }
        String text = node.asText();
        return text.isBlank() ? null : text;
    }

    /** A number, also one written as a string; null where there is none. */
    static BigDecimal number(JsonNode node) {
        if (node.isNumber()) {
            return node.isFloatingPointNumber() && Double.isNaN(node.doubleValue()) ? null : sane(node.decimalValue());
        }
        return node.isTextual() ? number(node.textValue()) : null;
    }

    static BigDecimal number(String text) {
        if (text == null || text.isEmpty() || text.length() > LONGEST_NUMBER) {
            return null;
        }
        try {
            return sane(new BigDecimal(text.strip()));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static JsonNode filledArray(JsonNode node) {
        return node.isArray() && !node.isEmpty() ? node : null;
    }

    private static BigDecimal sane(BigDecimal number) {
        boolean huge = (long) number.precision() - number.scale() > MOST_DIGITS || number.scale() > MOST_DIGITS;
        return huge ? null : number;
    }
}
