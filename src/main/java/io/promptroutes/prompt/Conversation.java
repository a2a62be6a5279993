package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The messages of a request, however it gave them.
 *
 * @param text     the prompt, or the texts of the last user message; empty where there is none
 * @param template what made the prompt from the row's fields; null where the request has one of its own
 */
record Conversation(ArrayNode messages, String text, Template template) {

    /**
     * @param systemPrompt for requests without a system message, or null
     * @param template     for requests without a prompt, or null
     */
    static Conversation of(Fields fields, String systemPrompt, Template template) throws InvalidPrompt {
        String prompt = fields.string("prompt");
        JsonNode given = fields.get("messages");
        String system = fields.string("system");
        if (prompt != null && given != null) {
            throw fields.invalid("prompt and messages exclude each other");
        }
        if (given != null) {
            ArrayNode messages = checked(given, fields);
            boolean own = system != null || anyOfSystem(messages);
            return new Conversation(led(own ? system : systemPrompt, messages), lastUserText(messages), null);
        }
        Template used = prompt == null ? template : null;
        if (prompt == null && used == null) {
            throw fields.missing("neither prompt nor messages");
        }
        String text = used == null ? prompt : used.fill(fields);
        if (text.isBlank()) {
            throw fields.missing("the prompt is blank");
        }
        ArrayNode messages = Json.MAPPER.createArrayNode().add(message("user", text));
        return new Conversation(led(system != null ? system : systemPrompt, messages), text, used);
    }

    private static ArrayNode checked(JsonNode given, Fields fields) throws InvalidPrompt {
        fields.require(given.isArray() && !given.isEmpty(), "messages", "a non-empty array", given);
        for (int i = 0; i < given.size(); i++) {
            JsonNode message = given.get(i);
            fields.require(message.isObject(), "messages[" + i + "]", "an object", message);
            JsonNode role = message.get("role");
            if (role == null || !role.isTextual() || role.textValue().isBlank()) {
                throw fields.invalid("messages[" + i + "] must have a role");
            }
        }
        return (ArrayNode) given;
    }

    /** An empty system message is not sent, but counts as the request's own: so one can do without the configured one. */
    private static ArrayNode led(String system, ArrayNode messages) {
        if (system == null || system.isBlank()) {
            return messages;
        }
        return Json.MAPPER.createArrayNode().add(message("system", system)).addAll(messages);
    }

    private static ObjectNode message(String role, String content) {
        return Json.MAPPER.createObjectNode().put("role", role).put("content", content);
    }

    private static boolean anyOfSystem(ArrayNode messages) {
        for (JsonNode message : messages) {
            String role = message.get("role").textValue();
            if (role.equals("system") || role.equals("developer")) {
                return true;
            }
        }
        return false;
    }

    private static String lastUserText(ArrayNode messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).get("role").textValue().equals("user")) {
                return text(messages.get(i).path("content"));
            }
        }
        return "";
    }

    private static String text(JsonNode content) {
        if (!content.isArray()) {
            return content.isTextual() ? content.textValue() : "";
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (part.path("type").asText().equals("text") && part.path("text").isTextual()) {
                text.append(text.isEmpty() ? "" : "\n").append(part.get("text").textValue());
            }
        }
        return text.toString();
    }
}
