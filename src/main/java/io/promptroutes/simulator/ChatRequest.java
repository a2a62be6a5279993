package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBufUtil;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the simulator needs to know of a completion request. Immutable.
 *
 * @param models       wanted models in order, 1 to 3
 * @param maxTokens    null where the request has no cap
 * @param promptTokens bytes of all text by four, rounded up: never more than the bytes
 * @param prompt       text of the last message
 */
record ChatRequest(List<String> models, JsonNode messages, Long maxTokens, long promptTokens, String prompt, boolean json) {

    private static final int MOST_MODELS = 3;

    static ChatRequest parse(byte[] body) throws Refused {
        JsonNode root = tree(body);
        JsonNode messages = root.path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw Refused.badRequest("Input required: messages must be an array with at least one message");
        }
        if (root.path("stream").asBoolean()) {
            throw Refused.badRequest("The simulator does not stream; send stream: false");
        }
        String last = "";
        long bytes = 0;
        for (JsonNode message : messages) {
            if (!message.path("role").isTextual()) {
                throw Refused.badRequest("messages: every message needs a role");
            }
            last = text(message.path("content"));
            bytes += ByteBufUtil.utf8Bytes(last);
        }
        String format = root.path("response_format").path("type").asText();
        return new ChatRequest(models(root), messages, maxTokens(root), Math.max(1, (bytes + 3) / 4), last,
                format.equals("json_object") || format.equals("json_schema"));
    }

    private static JsonNode tree(byte[] body) throws Refused {
        try {
            JsonNode root = Json.MAPPER.readTree(body);
            if (root.isObject()) {
                return root;
            }
        } catch (IOException e) {
            // said below, without quoting the body
        }
        throw Refused.badRequest("The body is not a valid JSON object");
    }

    private static List<String> models(JsonNode root) throws Refused {
        List<String> models = new ArrayList<>(MOST_MODELS);
        if (root.hasNonNull("model")) {
            models.add(root.path("model").asText());
        }
        JsonNode more = root.path("models");
        if (more.size() > MOST_MODELS) {
            throw Refused.badRequest("models: the array must have " + MOST_MODELS + " items or fewer");
        }
        more.forEach(model -> models.add(model.asText()));
        if (models.isEmpty()) {
            throw Refused.badRequest("No model was named; the simulator has no default model");
        }
        return models;
    }

    private static Long maxTokens(JsonNode root) throws Refused {
        Long least = null;
        for (String name : List.of("max_tokens", "max_completion_tokens")) {
            JsonNode cap = root.path(name);
            if (cap.isMissingNode() || cap.isNull()) {
                continue;
            }
            if (!cap.isIntegralNumber() || cap.asLong() < 1) {
                throw Refused.badRequest(name + " must be a whole number from 1");
            }
            least = least == null ? cap.asLong() : Math.min(least, cap.asLong());
        }
        return least;
    }

    private static String text(JsonNode content) {
        if (!content.isArray()) {
            return content.asText("");
        }
        StringBuilder text = new StringBuilder();
        content.forEach(part -> text.append(part.path("text").asText("")));
        return text.toString();
    }
}
