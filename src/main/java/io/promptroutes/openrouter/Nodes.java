package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;

/** Lenient reading of JSON that others wrote: what has the wrong type counts as absent. Stateless. */
final class Nodes {

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
}
