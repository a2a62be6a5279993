package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A model that the simulator serves. Immutable.
 *
 * @param prompt              USD a token, as is completion; negative for a router, where it depends
 * @param request             USD a call
 * @param maxCompletionTokens what is reserved for a request without a cap of its own
 */
record Model(String id, String slug, BigDecimal prompt, BigDecimal completion, BigDecimal request, long maxCompletionTokens) {

    static final long CEILING = 65_536;
    /** Digits after the point of a cost; list prices can have more. */
    private static final int SCALE = 18;

    static Model of(JsonNode row) {
        String id = row.required("id").asText();
        JsonNode pricing = row.path("pricing");
        return new Model(id, row.path("canonical_slug").asText(id), price(pricing, "prompt"), price(pricing, "completion"),
                price(pricing, "request"), row.path("top_provider").path("max_completion_tokens").asLong(CEILING));
    }

    private static BigDecimal price(JsonNode pricing, String kind) {
        return new BigDecimal(pricing.path(kind).asText("0"));
    }

    boolean router() {
        return prompt.signum() < 0 || completion.signum() < 0 || request.signum() < 0;
    }

    boolean free() {
        return prompt.signum() == 0 && completion.signum() == 0 && request.signum() == 0;
    }

    BigDecimal cost(long promptTokens, long completionTokens) {
        BigDecimal exact = prompt.multiply(BigDecimal.valueOf(promptTokens))
                .add(completion.multiply(BigDecimal.valueOf(completionTokens)))
                .add(request);
        return (exact.scale() > SCALE ? exact.setScale(SCALE, RoundingMode.HALF_UP) : exact).stripTrailingZeros();
    }
}
