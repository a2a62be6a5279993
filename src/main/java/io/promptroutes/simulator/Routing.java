package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.util.List;

/**
 * What a request says of the endpoints that may serve it. Immutable.
 *
 * @param tier     the wanted service tier; empty where none is named
 * @param only     tags or providers; empty for all
 * @param ordered  whether it names providers in an order
 * @param maxPrice by kind, USD per million tokens, and per call for {@code request}
 */
record Routing(String tier, List<String> only, boolean ordered, JsonNode maxPrice) {

    static Routing of(JsonNode request) {
        JsonNode provider = request.path("provider");
        return new Routing(request.path("service_tier").asText(""), provider.path("only").valueStream().map(JsonNode::asText).toList(),
                !provider.path("order").isEmpty(), provider.path("max_price"));
    }

    boolean affords(Model model) {
        return within("prompt", model.prompt().movePointRight(6)) && within("completion", model.completion().movePointRight(6))
                && within("request", model.request());
    }

    private boolean within(String kind, BigDecimal price) {
        BigDecimal most = Json.number(maxPrice.path(kind));
        return most == null || price.compareTo(most) <= 0;
    }
}
