package io.promptroutes.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.flow.Run;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A result or dead letter that the ledger has kept. Immutable by agreement. */
public record Stored(byte[] bytes, JsonNode json) {

    private static final List<String> OF_THE_PROMPT = List.of("id", "tenant", "record", "metadata", "source", "key");

    /** @param bytes null where there is no text */
    public static Stored of(byte[] bytes) {
        try {
            return new Stored(bytes, bytes == null ? Json.MAPPER.missingNode() : Json.MAPPER.readTree(bytes));
        } catch (IOException | NumberFormatException e) {
            return new Stored(bytes, Json.MAPPER.missingNode()); // not all that an earlier version could write can be read: it stands as it is
        }
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
        return Results.bytes(((ObjectNode) json.deepCopy()).remove(gone).setAll(now));
    }

    /** The model that gave the answer, by the name under which it is called today where it would be the first one again. @param model as it called itself, or null */
    public String givenBy(Run run, String model) {
        boolean again = json.at("/fallback/level").asInt(1) == 0 && run.chain().requested().equals(json.path("model_requested").asText());
        return again || model == null ? run.chain().requested() : model;
    }

    /** Whether the tables would choose another model first now. @param chosen the cell's models, separated by commas; null where the request names its own */
    public boolean chosenOtherwise(Run run, String chosen) {
        String first = json.path("model_requested").textValue();
        return first != null && chosen != null && !first.equals(run.chain().requested())
                && Arrays.stream(chosen.split(",")).map(String::strip).noneMatch(first::equals);
    }
}
