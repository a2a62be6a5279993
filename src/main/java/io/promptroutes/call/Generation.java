package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.ServiceTier;
import java.math.BigDecimal;

/**
 * What OpenRouter knows of a call that is over: {@code data} of {@code GET /generation}. All but the cost may be null.
 *
 * @param costUsd what was billed; 0 where nothing was
 */
public record Generation(String model, String provider, Long promptTokens, Long completionTokens, Long reasoningTokens, Long cachedTokens,
        Long latencyMs, BigDecimal costUsd,
        String tier) {

    /** Null where the body tells no cost, or one that no call has. */
    public static Generation read(JsonNode body) {
        JsonNode data = body.path("data");
        BigDecimal usd = UsageReader.cost(data);
        if (usd == null || !Usd.plausible(usd)) {
            return null;
        }
        return new Generation(Nodes.text(data.path("model")), Nodes.text(data.path("provider_name")), number(data, "native_tokens_prompt"),
                number(data, "native_tokens_completion"), number(data, "native_tokens_reasoning"), number(data, "native_tokens_cached"),
                number(data, "latency"), usd, Nodes.text(data.path(ServiceTier.FIELD)));
    }

    private static Long number(JsonNode data, String name) {
        return data.path(name).canConvertToLong() ? data.get(name).longValue() : null;
    }
}
