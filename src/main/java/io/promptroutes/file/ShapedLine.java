package io.promptroutes.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A line that somebody has made of a result. It need not say whose it is, so as long as lines may still come it lies in the file with what its
 * prompt is known by. Stateless.
 */
public final class ShapedLine {

    private static final String SHAPED = "shaped";
    /** That is how no result begins. */
    private static final byte[] BEGIN = ("{\"" + SHAPED + "\":").getBytes(StandardCharsets.UTF_8);

    private ShapedLine() {
    }

    /** @param result of which the line was made */
    public static byte[] of(JsonNode line, JsonNode result) {
        ObjectNode wrapped = Json.MAPPER.createObjectNode();
        wrapped.set(SHAPED, line);
        for (String field : new String[] {"id", "record", "source"}) {
            if (result.has(field)) {
                wrapped.set(field, result.get(field));
            }
        }
        return Json.bytes(wrapped);
    }

    static boolean is(byte[] line) {
        return line.length > BEGIN.length && Arrays.equals(line, 0, BEGIN.length, BEGIN, 0, BEGIN.length);
    }

    /** The line alone; another one as it is. */
    static byte[] alone(byte[] line) {
        return is(line) ? Json.bytes(Json.tree(line).get(SHAPED)) : line;
    }
}
