package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.ServiceTier;
import java.util.function.Function;

/**
 * What came back for a call, answer or not. Immutable.
 *
 * @param header looks a response header up whatever its case; null where there is none
 * @param root   of the body; missing where that is no JSON
 */
record Response(int status, Function<String, String> header, JsonNode root) {

    /** The body's id, else that of the header, which is there even where the body was cut; null without both. */
    String generationId() {
        return text("id", "X-Generation-Id");
    }

    String provider() {
        return text("provider", "X-Provider-Name");
    }

    /** The service tier that served it; null where nobody says. */
    String tier() {
        String tier = Nodes.text(root.path(ServiceTier.FIELD));
        return tier != null ? tier : Nodes.text(root.path("usage").path(ServiceTier.FIELD));
    }

    private String text(String field, String name) {
        String text = Nodes.text(root.path(field));
        String instead = header.apply(name);
        return text != null || instead == null || instead.isBlank() ? text : instead;
    }

    /** What was counted, also for a failed call; null where neither tokens nor a cost are told. */
    Usage usage() {
        return UsageReader.read(root, "HIT".equalsIgnoreCase(header.apply("X-OpenRouter-Cache-Status")));
    }
}
