package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Shown;

/** Lenient reading of JSON that others wrote: what has the wrong type counts as absent. Stateless. */
final class Nodes {

    private Nodes() {
    }

    /** What a list holds first; anything else is itself. */
    static JsonNode first(JsonNode node) {
        return node.isArray() ? node.path(0) : node;
    }

    /** A name, word or number, fit to be kept and shown; null for anything else and for blanks. */
    static String text(JsonNode node) {
        return (node.isTextual() || node.isNumber()) && !node.asText().isBlank() ? Shown.of(node.asText(), Shown.NAME) : null;
    }
}
