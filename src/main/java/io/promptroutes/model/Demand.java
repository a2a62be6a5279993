package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.MessageText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a request demands of the model that is to answer it. Belongs to one prompt; not thread-safe. */
public final class Demand {

    /** Role and marks of a message, about. */
    private static final int TOKENS_OF_A_MESSAGE = 4;

    private final ObjectNode request;
    private final TokenCounter counter;
    private final List<String> texts = new ArrayList<>();
    private final Set<String> modalities = new TreeSet<>();
    private final Set<String> parameters = new TreeSet<>();
    private final Media media;
    private final long bytes;
    private long tokens = -1;

    public Demand(ObjectNode request, TokenCounter counter) {
        this.request = request;
        this.counter = counter;
        JsonNode messages = request.path("messages");
        messages.forEach(this::read);
        media = Media.of(request);
        media.parts().forEach(part -> modalities.add(part.kind()));
        if (request.path("tools").size() > 0) {
            parameters.add("tools");
            texts.add(request.get("tools").toString());
        }
        switch (request.path("response_format").path("type").asText()) {
            case "json_schema" -> parameters.add("structured_outputs");
            case "json_object" -> parameters.add("response_format");
            default -> { }
        }
        for (JsonNode plugin : request.path("plugins")) {
            if (plugin.path("id").asText().equals("file-parser")) {
                modalities.remove("file"); // the request has files read for any model
            }
        }
        bytes = texts.stream().mapToLong(Demand::bytes).sum() + (long) TOKENS_OF_A_MESSAGE * messages.size();
    }

    /** In UTF-8, without making them. */
    private static long bytes(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes;
    }

    private void read(JsonNode message) {
        MessageText.of(message).forEach(one -> texts.add(one.text()));
        if (message.has("tool_calls")) {
            texts.add(message.get("tool_calls").toString());
        }
    }

    /** Why the model cannot do it; null where it can, or where the catalogue does not say. @param cap output tokens that would be asked of it */
    String lacks(Model model, int cap) {
        for (String modality : modalities) {
            if (!model.inputModalities().isEmpty() && !model.inputModalities().contains(modality)) {
                return "takes no " + modality + " as input";
            }
        }
        for (String parameter : parameters) {
            if (!model.supportedParameters().isEmpty() && !model.supportedParameters().contains(parameter)) {
                return "does not support " + parameter;
            }
        }
        if (model.maxCompletionTokens() != null && cap > model.maxCompletionTokens()) {
            return "answers with at most " + model.maxCompletionTokens() + " tokens, and the request asks for " + cap;
        }
        return null;
    }

    boolean tooLong(Model model, int cap) {
        return model.contextLength() != null && bytes + cap > model.contextLength() && tokens() + cap > model.contextLength();
    }

    /** Of all texts, counted when first asked for; pictures and the like are not in it. */
    public long tokens() {
        if (tokens < 0) {
            tokens = texts.stream().mapToLong(counter::count).sum() + (long) TOKENS_OF_A_MESSAGE * request.path("messages").size();
        }
        return tokens;
    }

    boolean counted() {
        return tokens >= 0;
    }

    /** The tokens where they were counted, else the bytes, which are no fewer. */
    long tokensAtMost() {
        return counted() ? tokens : bytes;
    }

    ObjectNode request() {
        return request;
    }

    Media media() {
        return media;
    }
}
