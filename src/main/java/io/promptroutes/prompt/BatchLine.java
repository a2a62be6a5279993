package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Takes a request out of a line of an OpenAI Batch file. Stateless. */
final class BatchLine {

    private static final String CHAT = "/chat/completions";

    private BatchLine() {
    }

    static boolean matches(ObjectNode line) {
        return line.has("custom_id") && line.has("body");
    }

    /** @param line its fields, with the id for errors and for the request */
    static Fields body(Fields line) throws InvalidPrompt {
        String url = line.string("url");
        if (url != null && !url.endsWith(CHAT)) {
            throw new InvalidPrompt(InvalidPrompt.UNSUPPORTED_URL, line.id(), "url '" + Fields.quote(url) + "' is not " + CHAT);
        }
        JsonNode method = line.get("method");
        line.require(method == null || method.asText().equalsIgnoreCase("POST"), "method", "POST", method);
        JsonNode body = line.get("body");
        if (body == null) {
            throw line.missing("no body: not a line of an OpenAI Batch file");
        }
        line.require(body.isObject(), "body", "an object", body);
        return new Fields((ObjectNode) body, line.id());
    }
}
