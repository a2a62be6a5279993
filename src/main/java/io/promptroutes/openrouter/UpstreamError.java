package io.promptroutes.openrouter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.prompt.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * The provider's own error, dug out of {@code error.metadata.raw}: an object, an object in a string, or plain text.
 *
 * @param message as the provider wrote it, neither scrubbed nor cut; null where there is none
 * @param words   its error codes and types
 */
record UpstreamError(String message, List<String> words) {

    private static final int DEEPEST = 4;
    private static final int LONGEST_JSON = 64 * 1024;

    static UpstreamError of(JsonNode raw) {
        List<String> words = new ArrayList<>();
        String message = null;
        JsonNode node = raw;
        for (int depth = 0; depth < DEEPEST; depth++) {
            node = node.isArray() ? node.path(0) : unpacked(node);
            if (node.isTextual()) {
                return new UpstreamError(node.textValue(), words);
            }
            JsonNode error = node.path("error").isContainerNode() ? node.path("error") : node;
            error = error.isArray() ? error.path(0) : error;
            for (String field : new String[] {"code", "type", "error_type", "status"}) {
                if (error.path(field).isTextual()) {
                    words.add(ErrorVocabulary.word(error.path(field).textValue()));
                }
            }
            JsonNode told = message(node, error);
            JsonNode inner = error.path("metadata").path("raw");
            message = Nodes.text(told) == null ? message : told.textValue();
            node = inner.isMissingNode() || inner.isNull() ? told : inner;
            if (node.isMissingNode()) {
                break;
            }
        }
        return new UpstreamError(message, words);
    }

    /** The words of an error object, also where they are called otherwise or hang beside it. */
    static JsonNode message(JsonNode root, JsonNode error) {
        for (JsonNode told : new JsonNode[] {error.path("message"), error.path("detail"), root.path("message"), root.path("detail"),
            root.path("error"), root.path("errors").path(0).path("message"), root.path("errors").path(0)}) {
            if (told.isTextual() && !told.textValue().isBlank()) {
                return told;
            }
        }
        return MissingNode.getInstance();
    }

    /** JSON in a string, parsed; everything else as it is. */
    private static JsonNode unpacked(JsonNode node) {
        if (!node.isTextual() || node.textValue().length() > LONGEST_JSON) {
            return node;
        }
        String text = node.textValue().strip();
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return node;
        }
        try {
            JsonNode parsed = Json.MAPPER.readTree(text);
            return parsed.isArray() ? parsed.path(0) : parsed;
        } catch (JsonProcessingException | NumberFormatException e) {
            return node;
        }
    }
}
