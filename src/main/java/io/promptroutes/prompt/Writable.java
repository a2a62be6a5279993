package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

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
        if (node.isTextual()) {
            check(node.textValue(), id);
        } else if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > LARGEST_SCALE) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, "a number has an exponent beyond " + LARGEST_SCALE);
        } else if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                check(field.getKey(), id);
                check(field.getValue(), id, depth + 1);
            }
        } else {
            for (JsonNode element : node) {
                check(element, id, depth + 1);
            }
        }
    }

    private static void check(String text, String id) throws InvalidPrompt {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, id,
                        "half of a surrogate pair (\\u%04x) stands alone".formatted((int) c));
            }
        }
    }
}
