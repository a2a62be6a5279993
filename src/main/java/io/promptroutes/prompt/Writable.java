package io.promptroutes.prompt;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * The one bound for what is read and what is written: finds what can be read as JSON but not be written, or not be read back then, so that
 * it is refused where it comes in and not in the middle of a call. For one check.
 */
public final class Writable {

    /** Well under the 1,000 levels that Jackson reads and writes: results, dead letters and cost events wrap what they hold. */
    private static final int DEEPEST = 500;
    /** Characters of a number without an exponent, which is how it is written: as many as Jackson reads. */
    private static final int LONGEST_NUMBER = StreamReadConstraints.DEFAULT_MAX_NUM_LEN;
    /** Numbers that are longer count among those that are bounded together: a megabyte of 1e999 would be written as 160. */
    private static final int SHORT_NUMBER = 100;
    private static final int LONG_NUMBERS = 100_000;

    private long longNumbers;
    /** Filled on the way out, with the names that lead to what is wrong. */
    private String where = "";

    private Writable() {
    }

    /** Where and why a value cannot be written and read back, in a sentence without any of its texts; null where it can be. */
    public static String problem(JsonNode root) {
        try {
            check(root, null);
            return null;
        } catch (InvalidPrompt e) {
            return e.getMessage();
        }
    }

    static void check(JsonNode root, String id) throws InvalidPrompt {
        Writable check = new Writable();
        try {
            check.node(root, 1);
        } catch (InvalidPrompt e) {
            throw new InvalidPrompt(e.code(), id, check.where.isEmpty() ? e.getMessage() : check.where + ": " + e.getMessage());
        }
    }

    /** The beginning of a text, which does not end in half a character. */
    public static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    private void node(JsonNode node, int depth) throws InvalidPrompt {
        if (depth > DEEPEST) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, null, "nested deeper than " + DEEPEST + " levels");
        }
        if (node.isTextual()) {
            text(node.textValue());
        } else if (node.isBigDecimal()) {
            number(node.decimalValue());
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            text(field.getKey());
            try {
                node(field.getValue(), depth + 1);
            } catch (InvalidPrompt e) {
                where = Fields.quote(field.getKey() + (where.isEmpty() ? "" : "." + where));
                throw e;
            }
        }
        for (JsonNode element : node.isArray() ? node : List.<JsonNode>of()) {
            node(element, depth + 1);
        }
    }

    private void number(BigDecimal number) throws InvalidPrompt {
        long digits = number.precision();
        long scale = number.scale();
        // with sign and point, and without making it: 1e999999999 would take a gigabyte
        long plain = 1 + (scale <= 0 ? digits - scale : 1 + Math.max(digits, 1 + scale));
        longNumbers += plain > SHORT_NUMBER ? plain : 0;
        if (plain > LONGEST_NUMBER || longNumbers > LONG_NUMBERS) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, null, "a number has more than " + LONGEST_NUMBER
                    + " characters without its exponent, or long numbers have more than " + LONG_NUMBERS + " together");
        }
    }

    private static void text(String text) throws InvalidPrompt {
        int half = half(text);
        if (half >= 0) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, null,
                    "half of a surrogate pair (\\u%04x) stands alone".formatted((int) text.charAt(half)));
        }
    }

    /** Where half of a surrogate pair stands alone, which cannot be written as UTF-8; -1 where none does. */
    public static int half(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) {
                continue;
            }
            if (Character.charCount(text.codePointAt(i)) == 1) {
                return i;
            }
            i++;
        }
        return -1;
    }
}
