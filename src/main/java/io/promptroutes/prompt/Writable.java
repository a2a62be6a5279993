package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.OptionalInt;

/** Finds what can be read as JSON but not be written again, so that it is refused on arrival and not in the middle of a call. Stateless. */
final class Writable {

    /** Well under the 1,000 levels that Jackson reads and writes: a dead letter wraps the request once more each time. */
    private static final int DEEPEST = 500;
    /** As far as Jackson writes a number without an exponent. */
    private static final int LARGEST_SCALE = 9_999;

    private Writable() {
    }

    static void check(JsonNode root, String id) throws InvalidPrompt {
        check(root, id, 1);
    }

    private static void check(JsonNode node, String id, int depth) throws InvalidPrompt {
        if (depth > DEEPEST) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, "nested deeper than " + DEEPEST + " levels");
        }
        if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > LARGEST_SCALE) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, "a number has an exponent beyond " + LARGEST_SCALE);
        }
        if (node.isTextual()) {
            check(node.textValue(), id);
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            check(field.getKey(), id);
        }
        for (JsonNode child : node) {
            check(child, id, depth + 1);
        }
    }

    private static void check(String text, String id) throws InvalidPrompt {
        OptionalInt half = text.codePoints().filter(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE).findFirst();
        if (half.isPresent()) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, id,
                    "half of a surrogate pair (\\u%04x) stands alone".formatted(half.getAsInt()));
        }
    }
}
