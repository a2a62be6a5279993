package io.promptroutes.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.call.FinishReason;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A result or dead letter that the ledger has kept. Immutable by agreement. */
public record Stored(byte[] bytes, JsonNode json) {

    private static final List<String> OF_THE_PROMPT = List.of("id", "tenant", "record", "metadata", "source", "key");

    /** @param bytes null where there is no text */
    public static Stored of(byte[] bytes) {
        return new Stored(bytes, Json.tree(bytes)); // not all that an earlier version could write can be read: it stands as it is
    }

    /** For the prompt as it came now, with its id, place and metadata of now; the same array where that is as it came then. */
    public byte[] addressedTo(Prompt prompt) {
        ObjectNode now = Json.MAPPER.createObjectNode().put("id", prompt.id());
        Results.origin(now, prompt);
        ObjectNode then = Json.MAPPER.createObjectNode();
        OF_THE_PROMPT.stream().filter(json::has).forEach(name -> then.set(name, json.get(name)));
        if (!json.isObject() || then.toString().equals(now.toString())) {
            return bytes;
        }
        List<String> gone = then.propertyStream().map(Map.Entry::getKey).filter(name -> !now.has(name)).toList();
        return Json.bytes(((ObjectNode) json.deepCopy()).remove(gone).setAll(now));
    }

    /** The model that gave the answer, by the name under which it is called today where it would be the first one again. @param model as it called itself, or null */
    public String givenBy(PromptContext run, String model) {
        boolean again = level() == 0 && run.chain().first() != null && run.chain().requested().equals(json.path("model_requested").asText());
        return again ? run.chain().first() : model == null ? run.chain().requested() : model;
    }

    /** Of a dead letter's error. */
    public String code() {
        return json.at("/error/code").asText("unknown");
    }

    public String text() {
        return json.path("text").asText();
    }

    /** That gave the answer, as it called itself; or null. */
    public String model() {
        return json.path("model_used").textValue();
    }

    /** The result once its answer was checked. @param note null for none */
    public byte[] saying(String text, String note) {
        ObjectNode result = ((ObjectNode) json.deepCopy()).put("text", text);
        if (note != null) {
            result.withObjectProperty("routing").withArrayProperty("notes").add(note);
        }
        return Json.bytes(result);
    }

    /** Of the model that gave it in its chain; 0 also where nobody says. */
    public int level() {
        return json.at("/fallback/level").asInt();
    }

    /** Why its first choice did not give it; null where that did. */
    public String reason() {
        return json.at("/fallback/reason").textValue();
    }

    /** Whether it ended at its output cap. */
    public boolean cut() {
        return json.path("finish_reason").asText().equals(FinishReason.LENGTH);
    }

    /** Whether the tables would choose another model first now. @param chosen the cell's models, separated by commas; null where the request names its own */
    public boolean chosenOtherwise(PromptContext run, String chosen) {
        String first = json.path("model_requested").textValue();
        return first != null && chosen != null && !first.equals(run.chain().requested())
                && Arrays.stream(chosen.split(",")).map(String::strip).noneMatch(first::equals);
    }
}
