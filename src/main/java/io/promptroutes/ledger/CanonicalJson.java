package io.promptroutes.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
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
        if (node.isObject()) {
            out.append('{');
            node.propertyStream().filter(member -> !top || !member.getValue().isNull()).sorted(Map.Entry.comparingByKey()).forEach(member -> {
                write(TextNode.valueOf(member.getKey()), out, false);
                out.append(':');
                write(member.getValue(), out, false);
                out.append(',');
            });
            close(out, '}');
        } else if (node.isArray()) {
            out.append('[');
            node.forEach(item -> {
                write(item, out, false);
                out.append(',');
            });
            close(out, ']');
        } else if (node.isNumber()) {
            out.append(node.decimalValue().stripTrailingZeros()); // digits and exponent, not plain notation: 1e999999999 has a billion zeros
        } else {
            out.append(node); // Jackson writes strings, true, false and null in one way only
        }
    }

    /** In place of the comma behind the last one. */
    private static void close(StringBuilder out, char end) {
        if (out.charAt(out.length() - 1) == ',') {
            out.setLength(out.length() - 1);
        }
        out.append(end);
    }
}
