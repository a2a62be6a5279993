package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Writable;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a choice: its text whatever form the content has, and what came beside it. Judges nothing. Stateless. */
final class ChoiceReader {

    private static final Set<String> KNOWN = Set.of("index", "message", "finish_reason", "native_finish_reason", "error");
    private static final Set<String> KNOWN_OF_MESSAGE = Set.of("role", "content", "refusal", "tool_calls", "reasoning", "reasoning_content", "annotations",
            "images");

    private ChoiceReader() {
    }

    /** @param requestedModel stands in where the body does not name a model */
    static Answer read(Response response, JsonNode choice, String requestedModel) {
        JsonNode message = choice.path("message");
        JsonNode content = message.path("content");
        JsonNode details = message.path("reasoning_details");
        String model = Nodes.text(response.root().path("model"));
        String nativeReason = Nodes.text(choice.path("native_finish_reason"));
        String text = wellFormed(text(content));
        String refusal = firstOf(message.path("refusal").textValue(), join(content, "refusal"));
        return new Answer(response.generationId(), model == null ? requestedModel : model, response.provider(),
                FinishReason.of(Nodes.text(choice.path("finish_reason")), nativeReason), nativeReason,
                text.isEmpty() && refusal != null ? refusal : text, refusal, filled(message.path("tool_calls")),
                firstOf(message.path("reasoning").textValue(), message.path("reasoning_content").textValue(),
                        join(details, "text"), join(details, "summary")),
                filled(message.path("annotations")), filled(message.path("images")), more(response.root().path("choices")), response.usage(),
                response.tier());
    }

    /** What no member of {@link Answer} tells; null where that is nothing. */
    private static JsonNode more(JsonNode choices) {
        if (!(choices.path(0) instanceof ObjectNode first)) {
            return null;
        }
        ObjectNode left = unknown(first, KNOWN);
        ObjectNode message = unknown(first.path("message"), KNOWN_OF_MESSAGE);
        if (!message.isEmpty()) {
            left.set("message", message);
        }
        if (left.isEmpty() && choices.size() == 1) {
            return null; // as mostly
        }
        ArrayNode more = Json.MAPPER.createArrayNode().add(left);
        choices.valueStream().skip(1).forEach(more::add);
        return filled(more);
    }

    private static ObjectNode unknown(JsonNode object, Set<String> known) {
        ObjectNode unknown = Json.MAPPER.createObjectNode();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode value = field.getValue();
            if (!known.contains(field.getKey()) && !value.isNull() && !(value.isContainerNode() && value.isEmpty())) {
                unknown.set(field.getKey(), value);
            }
        }
        return unknown;
    }

    private static String text(JsonNode content) {
        if (content.isArray()) {
            return join(content, "text");
        }
        if (content.isObject()) {
            // one part without its array, or JSON mode that was parsed on the way
            return content.path("text").isTextual() ? content.path("text").textValue() : content.toString();
        }
        return content.isNull() ? "" : content.asText();
    }

    /** Parts of text follow each other without a separator: they are pieces of one text. */
    private static String join(JsonNode parts, String field) {
        return parts.valueStream().map(part -> part.isTextual() && field.equals("text") ? part : part.path(field))
                .filter(JsonNode::isTextual).map(JsonNode::textValue).collect(Collectors.joining());
    }

    /** The first that says something, or null. */
    private static String firstOf(String... texts) {
        return Stream.of(texts).filter(text -> text != null && !text.isBlank()).findFirst().map(ChoiceReader::wellFormed).orElse(null);
    }

    /** An element that could not be written or read again, such as one with 1e20000 in it, is its JSON as a text; null for an empty array. */
    private static JsonNode filled(JsonNode array) {
        if (!array.isArray() || array.isEmpty()) {
            return null;
        }
        ArrayNode filled = Json.MAPPER.createArrayNode();
        array.forEach(one -> filled.add(Writable.problem(one) == null ? one : filled.textNode(wellFormed(one.toString()))));
        return filled;
    }

    /** A text cut between the halves of a surrogate pair could not be written as UTF-8 later. */
    private static String wellFormed(String text) {
        return Writable.half(text) < 0 ? text : text.codePoints().map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
