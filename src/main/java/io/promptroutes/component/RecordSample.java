package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.PromptParser;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A record that is looked at and not asked about: which of its fields would be sent, and what would go on. Immutable by agreement. */
public final class RecordSample {

    private static final int MOST_FIELDS = 200;
    private static final int DEEPEST = 5;

    private final StepOptions step;
    private final Inbound taken;
    private final JsonNode record;

    /** @param taken what the step asks about of it, which has bytes */
    public RecordSample(StepOptions step, Inbound taken) {
        this.step = step;
        this.taken = taken;
        record = RecordOptions.record(taken.bytes());
    }

    /** As templates see it. */
    public JsonNode record() {
        return record;
    }

    /** Names of its fields on which hangs what is sent: without such a field it would be something else. The first 200 are looked at. */
    public Set<String> sent() throws InvalidPrompt {
        Set<String> sent = new TreeSet<>();
        PromptParser parser = new PromptParser(step.prompts());
        Prompt whole = parser.parse(taken.bytes(), taken.source(), null, taken.format());
        if (!Json.tree(taken.bytes()).isObject()) {
            record.fieldNames().forEachRemaining(sent::add);
            return sent;
        }
        record.properties().stream().limit(MOST_FIELDS).map(Map.Entry::getKey).filter(field -> {
            try {
                Prompt other = parser.parse(Json.bytes(without(field)), taken.source(), null, taken.format());
                return !other.request().equals(whole.request()) || !String.valueOf(other.model()).equals(String.valueOf(whole.model()));
            } catch (InvalidPrompt e) {
                return true;
            }
        }).forEach(sent::add);
        return sent;
    }

    private ObjectNode without(String field) {
        ObjectNode others = Json.MAPPER.createObjectNode();
        others.setAll((ObjectNode) record);
        others.remove(field);
        return others;
    }

    /** What would go on with an answer that only has the form of one. @throws PromptFailed where option result does not fit the record */
    public String goesOn(String id) throws PromptFailed {
        JsonNode schema = step.prompts().defaults().at("/response_format/json_schema/schema");
        String answer = schema.isMissingNode() ? "(the answer)" : new String(Json.bytes(placeholder(schema, 0)), StandardCharsets.UTF_8);
        ObjectNode result = Json.MAPPER.createObjectNode().put("id", id).put("status", "success").put("text", answer);
        Object body = step.records().shape().of(record, result, new String(Json.bytes(result), StandardCharsets.UTF_8), taken.key(), Map.of());
        return String.valueOf(body);
    }

    private static JsonNode placeholder(JsonNode schema, int depth) {
        if (schema.path("enum").path(0).isValueNode()) {
            return schema.path("enum").path(0);
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.path(0).asText() : type.asText()) {
            case "object" -> {
                ObjectNode object = Json.MAPPER.createObjectNode();
                if (depth < DEEPEST) {
                    schema.path("properties").properties().forEach(field -> object.set(field.getKey(), placeholder(field.getValue(), depth + 1)));
                }
                yield object;
            }
            case "array" -> Json.MAPPER.createArrayNode();
            case "number", "integer" -> Json.MAPPER.getNodeFactory().numberNode(0);
            case "boolean" -> Json.MAPPER.getNodeFactory().booleanNode(false);
            case "null" -> Json.MAPPER.nullNode();
            default -> Json.MAPPER.getNodeFactory().textNode("...");
        };
    }
}
