package io.promptroutes.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;

/** Puts a request into a dead letter as it came, and takes it out again when the letter is fed in. Stateless. */
public final class DeadLetterLine {

    private static final String RAW = "raw_base64";
    private static final String REQUEST = "request";

    private DeadLetterLine() {
    }

    /** @param raw the request, or a letter that holds one: there is never a letter within a letter */
    public static void hold(ObjectNode letter, byte[] raw) {
        try {
            JsonNode request = Json.MAPPER.readTree(raw);
            if (request instanceof ObjectNode line) {
                if (matches(line)) {
                    letter.setAll(line.retain(REQUEST, RAW));
                } else {
                    letter.set(REQUEST, line);
                }
                return;
            }
        } catch (IOException e) {
            // no JSON: kept as bytes
        }
        letter.put(RAW, raw);
    }

    static boolean matches(ObjectNode line) {
        return line.path("error").isObject() && (line.has(REQUEST) || line.has(RAW)) && !line.has("prompt") && !line.has("messages");
    }

    /** The request's bytes: the original ones where it was no JSON, otherwise the same JSON written anew. */
    static byte[] request(Fields line) throws InvalidPrompt {
        String raw = line.string(RAW);
        JsonNode request = line.get(REQUEST);
        try {
            if (raw != null) {
                return Base64.getDecoder().decode(raw);
            }
            line.require(request != null && request.isObject(), REQUEST, "an object", request);
            return Json.MAPPER.writeValueAsBytes(request);
        } catch (IllegalArgumentException e) {
            throw line.invalid(RAW + " is not Base64");
        } catch (JsonProcessingException e) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, line.id(), "the dead letter's request cannot be written again");
        }
    }
}
