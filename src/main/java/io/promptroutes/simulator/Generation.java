package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * One simulated generation, without its text, and the bodies that tell of it. Immutable.
 *
 * @param model        as the answer names it
 * @param finishReason {@code stop}, {@code length} or {@code error}
 * @param cost         USD; 0 where nothing was billed
 * @param at           when it was done
 * @param cancelled    whether the client had gone away by then
 */
public record Generation(String id, String model, long promptTokens, long completionTokens, String finishReason, BigDecimal cost,
                         Instant at, long latencyMillis, boolean cancelled, Terms terms) {

    /**
     * On whose account, and how.
     *
     * @param model   in lists of what was used
     * @param slug    dated
     * @param tier    {@code default}, {@code flex}, {@code priority}, {@code batch}, or null where the model has none
     * @param keyHash SHA-256 of the key, in hex
     * @param byok    USD that a provider bills to the account's own key; null where the key is OpenRouter's
     */
    public record Terms(String model, String slug, String tier, String keyHash, boolean billed, BigDecimal byok) {
    }

    public ObjectNode completion(String text) {
        return withUsage(answer(text, finishReason, finishReason));
    }

    /** A completion without text and usage, as when the connection to the provider broke. */
    ObjectNode empty() {
        return answer("", "stop", "network_error");
    }

    /** An error inside a 200. */
    ObjectNode failed(boolean billed) {
        ObjectNode body = Refused.serverError().body().put("id", id);
        return billed ? withUsage(body) : body;
    }

    private ObjectNode answer(String text, String finishReason, String nativeReason) {
        return Delivery.body("""
                {"id": %s, "provider": "Simulated", "model": %s, "object": "chat.completion", "created": %s, "service_tier": %s, "choices": [
                  {"logprobs": null, "finish_reason": %s, "native_finish_reason": %s, "index": 0,
                   "message": {"role": "assistant", "content": %s, "refusal": null, "reasoning": null}}]}
                """, id, model, at.getEpochSecond(), terms.tier(), finishReason, nativeReason, text);
    }

    private ObjectNode withUsage(ObjectNode body) {
        body.set("usage", usage(promptTokens, completionTokens, cost, terms.byok()));
        return body;
    }

    /** @param byok null where the key is OpenRouter's */
    public static ObjectNode usage(long promptTokens, long completionTokens, BigDecimal cost, BigDecimal byok) {
        return Delivery.body("""
                {"prompt_tokens": %s, "completion_tokens": %s, "total_tokens": %s, "cost": %s, "is_byok": %s,
                 "prompt_tokens_details": {"cached_tokens": 0}, "cost_details": {"upstream_inference_cost": %s},
                 "completion_tokens_details": {"reasoning_tokens": 0}}
                """, promptTokens, completionTokens, promptTokens + completionTokens, cost, byok != null, byok == null ? cost : byok);
    }

    /** The body of {@code GET /generation}. */
    ObjectNode lookedUp() {
        return Delivery.body("""
                {"data": {"id": %s, "model": %s, "provider_name": "Simulated", "created_at": %s, "total_cost": %s, "usage": %s,
                  "is_byok": %s, "streamed": false, "cancelled": %s, "finish_reason": %s, "latency": %s, "service_tier": %s,
                  "tokens_prompt": %s, "tokens_completion": %s, "native_tokens_prompt": %s, "native_tokens_completion": %s}}
                """, id, model, at.toString(), cost, cost, terms.byok() != null, cancelled, finishReason, latencyMillis, terms.tier(),
                promptTokens, completionTokens, promptTokens, completionTokens);
    }
}
