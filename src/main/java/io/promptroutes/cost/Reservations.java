package io.promptroutes.cost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.cost.PriceList.Entry;
import io.promptroutes.cost.PriceList.Origin;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * The most that a call can cost, reserved before it is made: every byte of the request may be a token, and every allowed output
 * token may be used. Thread-safe.
 *
 * @param unknownPrices whether a model whose price nobody knows may be called under a budget, at {@code prices.unknown}
 * @param serverTools   whether a request with OpenRouter's own tools or plugins may be: what those cost has no bound
 */
public record Reservations(PriceList prices, boolean unknownPrices, boolean serverTools) {

    /** Tokens that a picture or file behind a URL is counted as: its size is not known here. */
    private static final long TOKENS_PER_LINK = 20_000;

    /** @param refusal why the call may not be made under a budget; null where it may */
    public record Bound(BigDecimal usd, String refusal) {
    }

    /** @param body the request as it is sent */
    public Bound of(String model, ObjectNode body, long bytes, long outputCap) {
        Entry entry = prices.of(model);
        List<String> parts = parts(body.path("messages"));
        Optional<BigDecimal> worst = entry.price().worstCase(bytes + parts.size() * TOKENS_PER_LINK,
                outputCap * Math.max(1, body.path("n").asInt(1)), parts.size(),
                parts.contains("input_audio") || body.findValue("cache_control") != null);
        if (entry.origin() == Origin.UNKNOWN && !unknownPrices || worst.isEmpty()) {
            return new Bound(worst.orElse(BigDecimal.ZERO), "its price is not known (key prices." + model + "=IN/OUT, or budget.unknown-prices)");
        }
        // a file, since a PDF is read by OCR, which has a price of its own
        if (!serverTools && (usesServerTools(body) || parts.contains("file") || parts.contains("video_url") || parts.contains("input_video")
                || model.endsWith(":online") || model.contains("@preset/"))) {
            return new Bound(worst.get(), "what plugins, files, videos, presets, tiers and server tools cost has no bound (key budget.server-tools)");
        }
        return new Bound(worst.get(), null);
    }

    private static boolean usesServerTools(ObjectNode body) {
        return body.path("plugins").size() > 0 || body.has("web_search_options") || body.hasNonNull("service_tier") || body.hasNonNull("preset")
                || body.path("tools").valueStream().anyMatch(tool -> tool.path("type").asText().startsWith("openrouter:"));
    }

    /** The types of the messages' parts that are no text. */
    private static List<String> parts(JsonNode messages) {
        return messages.valueStream().flatMap(message -> message.path("content").valueStream()).map(part -> part.path("type").asText("text"))
                .filter(type -> !type.equals("text") && !type.isEmpty()).toList();
    }
}
