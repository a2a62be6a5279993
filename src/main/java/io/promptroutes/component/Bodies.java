package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.util.Collection;
import java.util.Map;

/** Bodies of exchanges that are JSON without being text. Stateless. */
final class Bodies {

    private Bodies() {
    }

    /** The body as JSON where it is made of maps, lists or nodes; null for anything else. */
    static byte[] json(Object body) {
        return body instanceof JsonNode || body instanceof Map<?, ?> || body instanceof Collection<?> ? Json.bytes(body) : null;
    }
}
