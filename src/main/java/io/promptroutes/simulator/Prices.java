package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** What a model costs: USD per prompt token, per completion token and per request. Immutable. */
record Prices(BigDecimal prompt, BigDecimal completion, BigDecimal request) {

    /** Digits after the point of a cost; list prices can have more. */
    private static final int SCALE = 18;

    static final Prices FREE = new Prices(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
    static final Prices ONE_DOLLAR_PER_MILLION = new Prices(new BigDecimal("0.000001"), new BigDecimal("0.000001"), BigDecimal.ZERO);

    static Prices of(JsonNode pricing) {
        return new Prices(price(pricing, "prompt"), price(pricing, "completion"), price(pricing, "request"));
    }

    /** False for the routers, whose price of -1 means "depends". */
    boolean known() {
        return prompt.signum() >= 0 && completion.signum() >= 0 && request.signum() >= 0;
    }

    boolean free() {
        return prompt.signum() == 0 && completion.signum() == 0 && request.signum() == 0;
    }

    BigDecimal cost(long promptTokens, long completionTokens) {
        if (free()) {
            return BigDecimal.ZERO;
        }
        BigDecimal exact = prompt.multiply(BigDecimal.valueOf(promptTokens))
                .add(completion.multiply(BigDecimal.valueOf(completionTokens)))
                .add(request);
        return (exact.scale() > SCALE ? exact.setScale(SCALE, RoundingMode.HALF_UP) : exact).stripTrailingZeros();
    }

    private static BigDecimal price(JsonNode pricing, String kind) {
        return new BigDecimal(pricing.path(kind).asText("0"));
    }
}
