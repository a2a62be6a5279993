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
record Generation(String id, String model, long promptTokens, long completionTokens, String finishReason, BigDecimal cost,
                  Instant at, long latencyMillis, boolean cancelled) {

    ObjectNode completion(String text) {
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
                {"id": %s, "provider": "Simulated", "model": %s, "object": "chat.completion", "created": %s, "choices": [
                  {"logprobs": null, "finish_reason": %s, "native_finish_reason": %s, "index": 0,
                   "message": {"role": "assistant", "content": %s, "refusal": null, "reasoning": null}}]}
                """, id, model, at.getEpochSecond(), finishReason, nativeReason, text);
    }

    private ObjectNode withUsage(ObjectNode body) {
        body.set("usage", Delivery.body("""
                {"prompt_tokens": %s, "completion_tokens": %s, "total_tokens": %s, "cost": %s, "is_byok": false,
                 "prompt_tokens_details": {"cached_tokens": 0}, "cost_details": {"upstream_inference_cost": %s},
                 "completion_tokens_details": {"reasoning_tokens": 0}}
                """, promptTokens, completionTokens, promptTokens + completionTokens, cost, cost));
        return body;
    }

    /** The body of {@code GET /generation}. */
    ObjectNode lookedUp() {
        return Delivery.body("""
                {"data": {"id": %s, "model": %s, "provider_name": "Simulated", "created_at": %s, "total_cost": %s, "usage": %s,
                  "is_byok": false, "streamed": false, "cancelled": %s, "finish_reason": %s, "latency": %s,
                  "tokens_prompt": %s, "tokens_completion": %s, "native_tokens_prompt": %s, "native_tokens_completion": %s}}
                """, id, model, at.toString(), cost, cost, cancelled, finishReason, latencyMillis,
                promptTokens, completionTokens, promptTokens, completionTokens);
    }
}
