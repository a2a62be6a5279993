package io.promptroutes.ledger;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The one form of a request that is the same however it was written: members sorted, numbers by their value, no spaces. A member of the
 * request itself that is null is left out; deeper ones stay, since in a tool's schema null is a value. Stateless.
 */
public final class CanonicalJson {

    private CanonicalJson() {
    }

    /** A JSON object in canonical form; anything else, a plain text for example, as it is. */
    public static byte[] of(byte[] request) {
        return Json.tree(request) instanceof ObjectNode object ? of(object) : request.clone(); // no JSON: its bytes are all there is to compare
    }

    public static byte[] of(JsonNode request) {
        StringBuilder out = new StringBuilder();
        write(request, out, true);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(JsonNode node, StringBuilder out, boolean top) {
        if (node.isTextual()) {
            text(node.textValue(), out);
        } else if (node.isObject()) {
            out.append('{');
            for (Map.Entry<String, JsonNode> member : sorted(node)) {
                if (!top || !member.getValue().isNull()) {
                    text(member.getKey(), out);
                    out.append(':');
                    write(member.getValue(), out, false);
                    out.append(',');
                }
            }
            close(out, '}');
        } else if (node.isArray()) {
            out.append('[');
            for (JsonNode item : node) {
                write(item, out, false);
                out.append(',');
            }
            close(out, ']');
        } else if (node.isNumber()) {
            out.append(node.decimalValue().stripTrailingZeros()); // digits and exponent, not plain notation: 1e999999999 has a billion zeros
        } else {
            out.append(node); // Jackson writes true, false and null in one way only
        }
    }

    private static Collection<Map.Entry<String, JsonNode>> sorted(JsonNode object) {
        List<Map.Entry<String, JsonNode>> members = new ArrayList<>(object.properties());
        members.sort(Map.Entry.comparingByKey());
        return members;
    }

    /** As Jackson writes it. */
    private static void text(String text, StringBuilder out) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }

    /** In place of the comma behind the last one. */
    private static void close(StringBuilder out, char end) {
        if (out.charAt(out.length() - 1) == ',') {
            out.setLength(out.length() - 1);
        }
        out.append(end);
    }
}
