package io.promptroutes.ops;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Settings;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.Consumer;

/** What OpenRouter says of the API key (GET /key, which costs nothing). */
public record KeyCheck(Consumer<Finding> found) {

    private static final String KEY = "key " + Settings.API_KEY;

    /**
     * @param body  of the answer; missing where it was no JSON
     * @param least USD, of which there should be more left; null for any
     * @return what is in order, in words
     */
    public Optional<String> check(int status, JsonNode body, BigDecimal least) {
        if (status != 200) {
            found.accept(Finding.fault("OpenRouter refuses the API key with HTTP " + status, KEY, "make a new one at https://openrouter.ai/keys"));
            return Optional.empty();
        }
        JsonNode data = body.path("data");
        if (data.path("is_management_key").asBoolean()) {
            found.accept(Finding.fault("the API key is a management key, which cannot call models", KEY, "use another key for calls"));
        }
        BigDecimal left = Json.number(data.path("limit_remaining"));
        if (left != null && left.signum() <= 0) {
            found.accept(Finding.fault("the API key has nothing left of its limit", "GET /key", "raise the key's limit at https://openrouter.ai/keys"));
        } else if (left != null && least != null && left.compareTo(least) < 0) {
            found.accept(Finding.warning("the API key has $" + left.toPlainString() + " left of its limit, less than alerts.credit-below", "GET /key",
                    "raise the key's limit at https://openrouter.ai/keys"));
        }
        return Optional.of("the API key" + (left == null ? "" : " ($" + left.toPlainString() + " left)"));
    }
}
