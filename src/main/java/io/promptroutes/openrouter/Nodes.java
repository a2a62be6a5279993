package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;

/** Lenient reading of JSON that others wrote: what has the wrong type counts as absent. Stateless. */
final class Nodes {

    private Nodes() {
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
