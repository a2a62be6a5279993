package io.promptroutes.telemetry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.openrouter.Answer;
import io.promptroutes.prompt.Json;

/** Chat messages in the form that OpenTelemetry's conventions give them: a role and parts. */
final class Content {

    private Content() {
    }

    /** @param messages of a request */
    static String of(JsonNode messages) {
        ArrayNode all = Json.MAPPER.createArrayNode();
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            ArrayNode parts = all.addObject().put("role", message.path("role").asText()).putArray("parts");
            if (content.isTextual()) {
                text(parts, content.asText());
            }
            for (JsonNode part : content) {
                if (part.path("text").isTextual()) {
                    text(parts, part.get("text").asText());
                } else {
                    parts.addObject().put("type", part.path("type").asText()); // images and files would be megabytes
                }
            }
        }
        return all.toString();
    }

    static String of(Answer answer) {
        ObjectNode message = Json.MAPPER.createObjectNode().put("role", "assistant");
        text(message.putArray("parts"), answer.text());
        message.put("finish_reason", answer.finishReason());
        return Json.MAPPER.createArrayNode().add(message).toString();
    }

    private static void text(ArrayNode parts, String text) {
        parts.addObject().put("type", "text").put("content", text);
    }
}
