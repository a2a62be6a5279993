package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/**
 * What OpenRouter knows of a call that is over: {@code data} of {@code GET /generation}. All but the cost may be null.
 *
 * @param costUsd what was billed; 0 where nothing was
 */
public record Generation(String model, String provider, Long promptTokens, Long completionTokens, Long reasoningTokens, Long cachedTokens,
        Long latencyMs, BigDecimal costUsd) {

    /** Null where the body tells no cost. */
    public static Generation read(JsonNode body) {
        JsonNode data = body.path("data");
        JsonNode cost = data.path("total_cost");
        if (!cost.isNumber() || cost.decimalValue().signum() < 0) {
            return null;
        }
        // with the caller's own key at the provider the total is OpenRouter's fee alone
        JsonNode upstream = data.path("is_byok").asBoolean() ? data.path("upstream_inference_cost") : null;
        BigDecimal usd = upstream == null || !upstream.isNumber() ? cost.decimalValue() : cost.decimalValue().add(upstream.decimalValue());
        return new Generation(data.path("model").asText(null), data.path("provider_name").asText(null), number(data, "native_tokens_prompt"),
                number(data, "native_tokens_completion"), number(data, "native_tokens_reasoning"), number(data, "native_tokens_cached"),
                number(data, "latency"), usd);
    }

    private static Long number(JsonNode data, String name) {
        return data.path(name).canConvertToLong() ? data.get(name).longValue() : null;
    }
}
