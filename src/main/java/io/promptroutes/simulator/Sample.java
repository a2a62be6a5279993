package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;

/** A small value that fits a JSON schema, as far as types, lengths, enumerations and the schema's own parts say what fits. Stateless. */
final class Sample {

    private static final int DEEPEST = 20;

    private Sample() {
    }

    static JsonNode of(JsonNode schema) {
        return of(schema, schema, 0);
    }

    private static JsonNode of(JsonNode schema, JsonNode root, int depth) {
        if (depth > DEEPEST) {
            return NullNode.instance;
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (!schema.path("enum").isEmpty()) {
            return schema.get("enum").get(0);
        }
        String part = schema.path("$ref").asText();
        if (part.startsWith("#/")) {
            return of(root.at(part.substring(1)), root, depth + 1);
        }
        for (String choice : List.of("anyOf", "oneOf", "allOf")) {
            if (!schema.path(choice).isEmpty()) {
                return of(schema.path(choice).get(0), root, depth + 1);
            }
        }
        JsonNode type = schema.path("type").isArray() ? schema.path("type").path(0) : schema.path("type");
        return switch (type.asText(schema.has("properties") ? "object" : "string")) {
            case "object" -> object(schema, root, depth);
            case "array" -> array(schema, root, depth);
            case "integer", "number" -> schema.path("minimum").isNumber() ? schema.get("minimum") : IntNode.valueOf(1);
            case "boolean" -> BooleanNode.TRUE;
            case "null" -> NullNode.instance;
            default -> TextNode.valueOf("simulated" + " ".repeat(Math.max(0, Math.min(1_000, schema.path("minLength").asInt()) - 9)));
        };
    }

    private static JsonNode object(JsonNode schema, JsonNode root, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (JsonNode name : schema.path("required")) {
            object.set(name.asText(), of(schema.path("properties").path(name.asText()), root, depth + 1));
        }
        return object;
    }

    private static JsonNode array(JsonNode schema, JsonNode root, int depth) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < Math.min(100, schema.path("minItems").asInt(depth == DEEPEST ? 0 : 1)); i++) {
            array.add(of(schema.path("items"), root, depth + 1));
        }
        return array;
    }
}
