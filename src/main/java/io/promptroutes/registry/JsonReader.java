package io.promptroutes.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Of a JSON Schema: the JSON behind the head, as it stands there. It is not held against the schema. Stateless. */
final class JsonReader implements RecordReader {

    @Override
    public byte[] read(byte[] record, int most) throws PromptFailed {
        byte[] json = Arrays.copyOfRange(record, WireFormat.HEAD, record.length);
        if (json.length > most) {
            throw WireFormat.tooLarge(most);
        }
        JsonNode tree = Json.tree(json);
        if (tree.isMissingNode()) {
            throw WireFormat.misfit("what stands behind the schema's id is no JSON");
        }
        return bare(tree, json);
    }

    /** A text without its quotes, as a plain record has it. */
    static byte[] bare(JsonNode tree, byte[] json) {
        return tree.isTextual() ? tree.textValue().getBytes(StandardCharsets.UTF_8) : json;
    }
}
