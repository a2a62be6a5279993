package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.stream.Collectors;

/**
 * The messages of a request, however it gave them.
 *
 * @param text     the prompt, or the texts of the last user message; empty where there is none
 * @param template what made the prompt from the row's fields; null where the request has one of its own
 */
record Conversation(ArrayNode messages, String text, Template template) {

    /**
     * @param record   what templates are filled from
     * @param settings whose system message is for requests without one, and whose template for those without a prompt
     */
    static Conversation of(Fields fields, JsonNode record, PromptSettings settings) throws InvalidPrompt {
        String prompt = fields.string("prompt");
        JsonNode given = fields.get("messages");
        String system = fields.string("system");
        if (prompt != null && given != null) {
            throw fields.invalid("prompt and messages exclude each other");
        }
        if (given != null) {
            return given(given, fields, system, record, settings);
        }
        Template used = prompt == null ? settings.template() : null;
        if (prompt == null && used == null) {
            throw fields.missing("neither prompt nor messages");
        }
        String text = used == null ? prompt : used.render(record, settings.maxBytes(), fields.id());
        if (text.isBlank()) {
            throw fields.missing("the prompt is blank");
        }
        ArrayNode messages = ledBy(system, system != null, record, settings, fields.id());
        messages.addObject().put("role", "user").put("content", text);
        return new Conversation(messages, text, used);
    }

    private static Conversation given(JsonNode given, Fields fields, String system, JsonNode record, PromptSettings settings) throws InvalidPrompt {
        fields.require(given.isArray() && !given.isEmpty(), "messages", "a non-empty array", given);
        boolean ownSystem = system != null;
        String text = "";
        for (int i = 0; i < given.size(); i++) {
            JsonNode message = given.get(i);
            fields.require(message.isObject(), "messages[" + i + "]", "an object", message);
            String role = message.path("role").textValue();
            if (role == null || role.isBlank()) {
                throw fields.invalid("messages[" + i + "] must have a role");
            }
            ownSystem |= role.equals("system") || role.equals("developer");
            if (role.equals("user")) {
                text = MessageText.of(message).stream().map(MessageText::text).collect(Collectors.joining("\n"));
            }
        }
        return new Conversation(ledBy(system, ownSystem, record, settings, fields.id()).addAll((ArrayNode) given), text, null);
    }

    /** An empty system message is not sent, but counts as the request's own: so one can do without the configured one. */
    private static ArrayNode ledBy(String given, boolean own, JsonNode record, PromptSettings settings, String id) throws InvalidPrompt {
        String system = own || settings.system() == null ? given : settings.system().render(record, settings.maxBytes(), id);
        ArrayNode messages = Json.MAPPER.createArrayNode();
        if (system != null && !system.isBlank()) {
            messages.addObject().put("role", "system").put("content", system);
        }
        return messages;
    }
}
