package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.ChatRequest;
import io.promptroutes.simulator.Model;
import io.promptroutes.simulator.Refused;
import java.util.List;

/** What a batch fails for as a whole after it was accepted: one line is enough. Stateless. */
final class LateRefusal {

    private static final List<String> REFUSED_MEMBERS = List.of("speed", "modalities", "audio", "image_config");
    private static final List<String> MEDIA = List.of("input_audio", "video_url", "input_video");

    private LateRefusal() {
    }

    /** Names the first line that offends; null where none does. */
    static String of(BatchRequest batch, String badText) {
        JsonNode format = batch.lines().get(0).body().path("response_format");
        boolean oneFormat = batch.model().author().equals("google");
        for (BatchRequest.Line line : batch.lines()) {
            String why = why(line.body(), batch.model(), badText);
            if (why == null && oneFormat && !line.body().path("response_format").equals(format)) {
                why = "all requests of a batch must have the same response_format";
            }
            if (why != null) {
                return named(line, why);
            }
        }
        return null;
    }

    static String named(BatchRequest.Line line, String why) {
        return "Request '" + line.customId() + "' is invalid: " + why + " [simulated]";
    }

    private static String why(JsonNode body, Model model, String badText) {
        for (String member : REFUSED_MEMBERS) {
            if (body.hasNonNull(member)) {
                return member + " is not supported in batches";
            }
        }
        for (JsonNode plugin : body.path("plugins")) {
            if (plugin.path("id").asText().equals("web")) {
                return "the web plugin is not supported in batches";
            }
        }
        if (body.hasNonNull("web_search_options") && !model.author().equals("openai")) {
            return "web_search_options are not supported by this model's batches";
        }
        for (JsonNode message : body.path("messages")) {
            for (JsonNode part : message.path("content")) {
                String type = part.path("type").asText();
                if (MEDIA.contains(type)) {
                    return type + " is not supported in batches";
                }
                if (part.findValuesAsText("url").stream().anyMatch(url -> url.startsWith("data:")) || part.at("/file/file_data").isTextual()) {
                    return "base64 media is not supported in batches";
                }
            }
        }
        if (!badText.isEmpty() && Json.plain(body).contains(badText)) {
            return "it is one of those that the simulator was told to refuse";
        }
        return tokens(body, model);
    }

    private static String tokens(JsonNode body, Model model) {
        try {
            ChatRequest chat = ChatRequest.of(body);
            boolean beyond = chat.maxTokens() != null && chat.maxTokens() > model.contextLength() - chat.promptTokens();
            return beyond ? "max_tokens is beyond the context of " + model.contextLength() + " tokens" : null;
        } catch (Refused refused) {
            return refused.getMessage();
        }
    }
}
