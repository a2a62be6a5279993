package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The provider's own error, dug out of {@code error.metadata.raw}: an object, an object in a string, or plain text.
 *
 * @param message as the provider wrote it, neither scrubbed nor cut; null where there is none
 * @param words   its error codes and types
 */
record UpstreamError(String message, List<String> words) {

    private static final int DEEPEST = 8;
    /** Of a list of faults. */
    private static final int TOLD = 5;
    /** In which an error tells what is wrong, the most telling first. */
    private static final List<String> MEMBERS = List.of("message", "Message", "detail", "msg", "description", "error_description",
            "error_message", "errorMessage", "error_msg", "errors", "issues", "fieldViolations", "details", "error", "fault", "faultstring", "title", "reason");

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
                    .map(word -> FailureTable.word(word.textValue())).forEach(words::add);
            JsonNode told = message(node, error);
            message = told.isTextual() ? told.textValue() : message;
            JsonNode inner = error.path("metadata").path("raw");
            node = inner.isMissingNode() || inner.isNull() ? told : inner;
        }
        return new UpstreamError(message, words);
    }

    /** The words of an error, also where they are called otherwise, stand in a list or hang beside it; missing where there are none. */
    static JsonNode message(JsonNode root, JsonNode error) {
        return Stream.of(error.isTextual() ? root.path("message") : error, error, root).map(node -> words(node, DEEPEST))
                .filter(Objects::nonNull).findFirst().map(told -> (JsonNode) TextNode.valueOf(told)).orElse(MissingNode.getInstance());
    }

    /** Null where nothing is said. Only members that are meant to tell something are read: others may hold the prompt. */
    private static String words(JsonNode node, int deep) {
        if (node.isTextual()) {
            return node.textValue().isBlank() ? null : node.textValue();
        }
        if (deep == 0 || !node.isContainerNode()) {
            return null;
        }
        if (node.isArray()) {
            String all = node.valueStream().limit(TOLD).map(each -> words(each, deep - 1)).filter(Objects::nonNull).collect(Collectors.joining("; "));
            return all.isEmpty() ? null : all;
        }
        String told = MEMBERS.stream().map(name -> words(node.path(name), deep - 1)).filter(Objects::nonNull).findFirst().orElse(null);
        String violations = node.path("details").isArray() ? words(node.path("details"), deep - 1) : null;
        String more = violations == null || told.contains(violations) ? told : told + "; " + violations;
        String where = Stream.concat(node.path("loc").valueStream(), Stream.of(node.path("field"))).map(JsonNode::asText)
                .filter(place -> !place.isBlank()).collect(Collectors.joining("."));
        return more == null || where.isEmpty() ? more : where + ": " + more;
    }

    /** An object or list in a string, parsed; everything else as it is. */
    private static JsonNode unpacked(JsonNode node) {
        JsonNode parsed = node.isTextual() ? Json.tree(node.textValue().getBytes(StandardCharsets.UTF_8)) : node;
        return parsed.isContainerNode() ? Nodes.first(parsed) : node;
    }
}
