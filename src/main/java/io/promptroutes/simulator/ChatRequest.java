package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBufUtil;
import io.promptroutes.prompt.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the simulator needs to know of a completion request. Immutable.
 *
 * @param models       wanted models in order, at least one
 * @param maxTokens    null where the request has no cap
 * @param promptTokens bytes of all text by four, rounded up: never more than the bytes
 * @param prompt       text of the last message
 * @param json         whether the answer is to be JSON
 * @param schema       that it is to fit; missing where there is none
 * @param routing      what it says of endpoints
 */
public record ChatRequest(List<String> models, JsonNode messages, Long maxTokens, long promptTokens, String prompt, boolean json, JsonNode schema,
                          Routing routing) {

    private static final int MOST_FALLBACKS = 3;

    static ChatRequest parse(byte[] body) throws Refused {
        return of(tree(body));
    }

    public static ChatRequest of(JsonNode root) throws Refused {
        if (root.path("stream").asBoolean()) {
            throw bad("The simulator does not stream; send stream: false");
        }
        JsonNode messages = root.path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw bad("Input required: messages must be an array with at least one message");
        }
        String last = "";
        long bytes = 0;
        for (JsonNode message : messages) {
            if (!message.path("role").isTextual()) {
                throw bad("messages: every message needs a role");
            }
            last = text(message.path("content"));
            bytes += ByteBufUtil.utf8Bytes(last);
        }
        return new ChatRequest(models(root), messages, maxTokens(root), Math.max(1, (bytes + 3) / 4), last,
                root.path("response_format").path("type").asText().startsWith("json_"),
                root.path("response_format").path("json_schema").path("schema"), Routing.of(root));
    }

    private static JsonNode tree(byte[] body) throws Refused {
        JsonNode root = Json.tree(body);
        if (root.isObject()) {
            return root;
        }
        throw bad("The body is not a valid JSON object");
    }

    private static List<String> models(JsonNode root) throws Refused {
        List<String> models = new ArrayList<>();
        if (root.hasNonNull("model")) {
            models.add(root.path("model").asText());
        }
        if (root.path("models").size() > MOST_FALLBACKS) {
            throw bad("models: the array must have " + MOST_FALLBACKS + " items or fewer");
        }
        root.path("models").forEach(model -> models.add(model.asText()));
        if (models.isEmpty()) {
            throw bad("No model was named; the simulator has no default model");
        }
        return models;
    }

    private static Long maxTokens(JsonNode root) throws Refused {
        Long least = null;
        for (String name : List.of("max_tokens", "max_completion_tokens")) {
            if (root.hasNonNull(name)) {
                JsonNode cap = root.get(name);
                if (!cap.isIntegralNumber() || cap.asLong() < 1) {
                    throw bad(name + " must be a whole number from 1");
                }
                least = least == null ? cap.asLong() : Math.min(least, cap.asLong());
            }
        }
        return least;
    }

    private static String text(JsonNode content) {
        return content.isArray() ? content.valueStream().map(part -> part.path("text").asText("")).collect(Collectors.joining())
                : content.asText("");
    }

    private static Refused bad(String message) {
        return new Refused(400, message);
    }

    /** Output tokens that have to be paid for beforehand. */
    long wantedTokens(Model model) {
        return maxTokens == null ? model.maxCompletionTokens() : maxTokens;
    }
}
