package io.promptroutes.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The one form of a request that is the same however it was written: members sorted, numbers by their value, no spaces. A member of the
 * request itself that is null is left out; deeper ones stay, since in a tool's schema null is a value. Stateless.
 */
public final class CanonicalJson {

    private CanonicalJson() {
    }

    /** A JSON object in canonical form; anything else, a plain text for example, as it is. */
    public static byte[] of(byte[] request) {
        if (!startsAnObject(request)) {
            return request.clone();
        }
        try {
            JsonNode node = Json.MAPPER.readTree(request);
            return node.isObject() ? of(node) : request.clone();
        } catch (IOException e) {
            return request.clone(); // no JSON: its bytes are all there is to compare
        }
    }

    public static byte[] of(JsonNode request) {
        StringBuilder out = new StringBuilder();
        write(request, out, true);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean startsAnObject(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                return b == '{';
            }
        }
        return false;
    }

    private static void write(JsonNode node, StringBuilder out, boolean top) {
        if (node.isObject()) {
            writeObject(node, out, top);
        } else if (node.isArray()) {
            out.append('[');
            for (int i = 0; i < node.size(); i++) {
                out.append(i == 0 ? "" : ",");
                write(node.get(i), out, false);
            }
            out.append(']');
        } else if (node.isNumber()) {
            out.append(number(node.decimalValue()));
        } else {
            out.append(node); // Jackson writes strings, true, false and null in one way only
        }
    }

    private static void writeObject(JsonNode node, StringBuilder out, boolean top) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        if (top) {
            names.removeIf(name -> node.get(name).isNull());
        }
        names.sort(null);
        out.append('{');
        for (int i = 0; i < names.size(); i++) {
            out.append(i == 0 ? "" : ",").append(Json.MAPPER.getNodeFactory().textNode(names.get(i))).append(':');
            write(node.get(names.get(i)), out, false);
        }
        out.append('}');
    }

    /** Digits and exponent, not plain notation: 1e999999999 has a billion zeros. */
    private static String number(BigDecimal value) {
        return value.stripTrailingZeros().toString();
    }
}
