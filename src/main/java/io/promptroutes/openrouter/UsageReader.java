package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.cost.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Reads {@code usage} of an answer or of a failed call's body. Stateless. */
final class UsageReader {

    private static final int DIGITS = 18;
    private static final BigDecimal MOST_TOKENS = BigDecimal.valueOf(Long.MAX_VALUE / 4);
    /** USD; a call that costs more is a mistake in the body. */
    private static final BigDecimal MOST_COST = BigDecimal.valueOf(1_000_000_000L);

    private UsageReader() {
    }

    /** @return null where neither tokens nor a cost are told */
    static Usage read(JsonNode usage) {
        if (!usage.isObject()) {
            return null;
        }
        BigDecimal cost = cost(usage);
        Long prompt = tokens(usage.path("prompt_tokens"));
        Long completion = tokens(usage.path("completion_tokens"));
        Long total = tokens(usage.path("total_tokens"));
        if (cost == null && prompt == null && completion == null && total == null) {
            return null;
        }
        JsonNode ofPrompt = usage.path("prompt_tokens_details");
        long in = orZero(prompt);
        long out = orZero(completion);
        return new Usage(in, out, orZero(tokens(usage.path("completion_tokens_details").path("reasoning_tokens"))),
                orZero(tokens(ofPrompt.path("cached_tokens"))), orZero(tokens(ofPrompt.path("cache_write_tokens"))),
                total == null ? in + out : total, cost);
    }

    /** With the caller's own key at the provider, {@code cost} is OpenRouter's fee alone; else it already holds the provider's part. */
    private static BigDecimal cost(JsonNode usage) {
        BigDecimal cost = money(usage.path("cost"));
        if (usage.path("is_byok").asBoolean()) {
            BigDecimal upstream = money(usage.path("cost_details").path("upstream_inference_cost"));
            if (upstream != null) {
                cost = cost == null ? upstream : cost.add(upstream);
            }
        }
        if (cost == null) {
            return null;
        }
        int scale = Math.max(0, Math.min(DIGITS, cost.scale()));
        return cost.scale() == scale ? cost : cost.setScale(scale, RoundingMode.HALF_UP);
    }

    private static BigDecimal money(JsonNode node) {
        BigDecimal value = Nodes.number(node);
        return value == null || value.signum() < 0 || value.compareTo(MOST_COST) > 0 ? null : value;
    }

    private static Long tokens(JsonNode node) {
        if (node.isInt()) {
            return node.intValue() < 0 ? null : node.longValue();
        }
        BigDecimal value = Nodes.number(node);
        return value == null || value.signum() < 0 || value.compareTo(MOST_TOKENS) > 0 ? null : Long.valueOf(value.longValue());
    }

    private static long orZero(Long tokens) {
        return tokens == null ? 0 : tokens;
    }
}
