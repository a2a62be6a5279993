package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The provider's own error, dug out of {@code error.metadata.raw}: an object, an object in a string, or plain text.
 *
 * @param message as the provider wrote it, neither scrubbed nor cut; null where there is none
 * @param words   its error codes and types
 */
record UpstreamError(String message, List<String> words) {

    private static final int DEEPEST = 4;

    static UpstreamError of(JsonNode raw) {
        List<String> words = new ArrayList<>();
        String message = null;
        JsonNode node = raw;
        for (int depth = 0; depth < DEEPEST && !node.isMissingNode(); depth++) {
            node = unpacked(Nodes.first(node));
            if (node.isTextual()) {
                return new UpstreamError(node.textValue(), words);
            }
            JsonNode error = Nodes.first(node.path("error").isContainerNode() ? node.path("error") : node);
            Stream.of("code", "type", "error_type", "status").map(error::path).filter(JsonNode::isTextual)
                    .map(word -> ErrorVocabulary.word(word.textValue())).forEach(words::add);
            JsonNode told = message(node, error);
            message = told.isTextual() ? told.textValue() : message;
            JsonNode inner = error.path("metadata").path("raw");
            node = inner.isMissingNode() || inner.isNull() ? told : inner;
        }
        return new UpstreamError(message, words);
    }

    /** The words of an error object, also where they are called otherwise or hang beside it; missing where there are none. */
    static JsonNode message(JsonNode root, JsonNode error) {
        JsonNode errors = root.path("errors").path(0);
        return Stream.of(error.path("message"), error.path("detail"), root.path("message"), root.path("detail"), root.path("error"),
                        errors.path("message"), errors)
                .filter(told -> told.isTextual() && !told.textValue().isBlank()).findFirst().orElse(MissingNode.getInstance());
    }

    /** An object or list in a string, parsed; everything else as it is. */
    private static JsonNode unpacked(JsonNode node) {
        JsonNode parsed = node.isTextual() ? Nodes.parse(node.textValue().getBytes(StandardCharsets.UTF_8)) : node;
        return parsed.isContainerNode() ? Nodes.first(parsed) : node;
    }
}
