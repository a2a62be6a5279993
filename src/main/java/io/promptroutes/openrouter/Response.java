package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.cost.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.Function;

/**
 * What came back for a call, answer or not. Immutable.
 *
 * @param header looks a response header up whatever its case; null where there is none
 * @param root   of the body; missing where that is no JSON
 */
record Response(int status, Function<String, String> header, JsonNode root) {

    private static final int DIGITS = 18;
    private static final BigDecimal MOST_TOKENS = BigDecimal.valueOf(Long.MAX_VALUE / 4);
    /** USD; a call that costs more is a mistake in the body. */
    private static final BigDecimal MOST_COST = BigDecimal.valueOf(1_000_000_000L);

    /** The body's id, else that of the header, which is there even where the body was cut; null without both. */
    String generationId() {
        return text("id", "X-Generation-Id");
    }

    String provider() {
        return text("provider", "X-Provider-Name");
    }

    private String text(String field, String name) {
        String text = Nodes.text(root.path(field));
        String instead = header.apply(name);
        return text != null || instead == null || instead.isBlank() ? text : instead;
    }

    /** What was counted, also for a failed call; null where neither tokens nor a cost are told. */
    Usage usage() {
        JsonNode usage = root.path("usage");
        JsonNode ofPrompt = usage.path("prompt_tokens_details");
        BigDecimal cost = cost(usage);
        Long in = tokens(usage.path("prompt_tokens"));
        Long out = tokens(usage.path("completion_tokens"));
        Long total = tokens(usage.path("total_tokens"));
        if (cost == null && in == null && out == null && total == null) {
            return null;
        }
        return new Usage(orZero(in), orZero(out), orZero(tokens(usage.path("completion_tokens_details").path("reasoning_tokens"))),
                orZero(tokens(ofPrompt.path("cached_tokens"))), orZero(tokens(ofPrompt.path("cache_write_tokens"))),
                total == null ? orZero(in) + orZero(out) : total, cost);
    }

    /** With the caller's own key at the provider, {@code cost} is OpenRouter's fee alone; else it already holds the provider's part. */
    private static BigDecimal cost(JsonNode usage) {
        BigDecimal cost = upTo(MOST_COST, usage.path("cost"));
        BigDecimal upstream = upTo(MOST_COST, usage.path("cost_details").path("upstream_inference_cost"));
        if (upstream != null && usage.path("is_byok").asBoolean()) {
            cost = cost == null ? upstream : cost.add(upstream);
        }
        return cost == null ? null : cost.setScale(Math.max(0, Math.min(DIGITS, cost.scale())), RoundingMode.HALF_UP);
    }

    private static Long tokens(JsonNode node) {
        BigDecimal tokens = upTo(MOST_TOKENS, node);
        return tokens == null ? null : Long.valueOf(tokens.longValue());
    }

    /** Null for what is no number, below zero, or above the most. */
    private static BigDecimal upTo(BigDecimal most, JsonNode node) {
        BigDecimal value = Nodes.number(node);
        return value == null || value.signum() < 0 || value.compareTo(most) > 0 ? null : value;
    }

    private static long orZero(Long tokens) {
        return tokens == null ? 0 : tokens;
    }
}
