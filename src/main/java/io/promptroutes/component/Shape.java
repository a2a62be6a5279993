package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.call.EmbeddedJson;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What goes on behind a step {@code prompt:}: the result, its text, the answer as data, or what a jq expression makes of all. Thread-safe. */
final class Shape {

    private static final String RESULT = "result";
    private static final String TEXT = "text";
    private static final String ANSWER = "answer";

    private final String form;
    /** Null for one of the words. */
    private final JqExpression expression;

    /** @throws IllegalArgumentException where it is neither one of the words nor an expression */
    Shape(String form) {
        this.form = form.strip();
        expression = this.form.equals(RESULT) || this.form.equals(TEXT) || this.form.equals(ANSWER) ? null : new JqExpression(RESULT, this.form);
    }

    /** The body for the route behind. @param record as it was asked about; null where its own form is not needed */
    Object of(JsonNode record, JsonNode result, String whole, String key, Map<String, Object> headers) throws PromptFailed {
        if (form.equals(RESULT)) {
            return whole;
        }
        JsonNode made = json(record, result, key, headers);
        return made instanceof TextNode text ? text.textValue() : form.equals(TEXT) ? null : new String(Json.bytes(made), StandardCharsets.UTF_8);
    }

    /** The same as JSON. */
    JsonNode json(JsonNode record, JsonNode result, String key, Map<String, Object> headers) throws PromptFailed {
        return switch (form) {
            case RESULT -> result;
            case TEXT -> result.has("error") ? Json.MAPPER.nullNode() : TextNode.valueOf(result.path("text").asText());
            case ANSWER -> answer(result);
            default -> expression.apply(input(record, result, key, headers));
        };
    }

    /** Whether it is the result as it is. */
    boolean ofResult() {
        return form.equals(RESULT);
    }

    /** Whether it needs the record. */
    boolean ofRecord() {
        return expression != null;
    }

    private static ObjectNode input(JsonNode record, JsonNode result, String key, Map<String, Object> headers) {
        ObjectNode in = Json.MAPPER.createObjectNode();
        in.set("record", record);
        in.set("answer", answer(result));
        in.put("text", result.path("text").textValue());
        in.set("result", result);
        in.put("key", key);
        in.set("error", result.has("error") ? result.get("error") : Json.MAPPER.nullNode());
        ObjectNode named = in.putObject("headers");
        headers.forEach((name, value) -> named.put(name, value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value)));
        return in;
    }

    /** The one object or array that the answer is, or holds; null where there is none. */
    private static JsonNode answer(JsonNode result) {
        String text = result.path("text").asText("");
        String json = result.has("error") ? null : EmbeddedJson.only(text);
        return json == null ? Json.MAPPER.nullNode() : Json.tree(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return form;
    }
}
