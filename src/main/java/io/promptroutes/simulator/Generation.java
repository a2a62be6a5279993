package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * One simulated generation, without its text. Immutable.
 *
 * @param model        as the answer names it
 * @param finishReason {@code stop}, {@code length} or {@code error}
 * @param cost         USD; 0 where nothing was billed
 * @param at           when it was done
 * @param cancelled    whether the client had gone away by then
 */
record Generation(String id, String model, long promptTokens, long completionTokens, String finishReason, BigDecimal cost,
                  Instant at, long latencyMillis, boolean cancelled) {

    /** The body of {@code GET /generation} but for the mark that it is simulated. */
    ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("data")
                .put("id", id)
                .put("model", model)
                .put("provider_name", "Simulated")
                .put("created_at", at.toString())
                .put("total_cost", cost)
                .put("usage", cost)
                .putNull("upstream_inference_cost")
                .putNull("cache_discount")
                .put("is_byok", false)
                .put("streamed", false)
                .put("cancelled", cancelled)
                .put("finish_reason", finishReason)
                .put("native_finish_reason", finishReason)
                .put("latency", latencyMillis)
                .put("generation_time", latencyMillis)
                .put("tokens_prompt", promptTokens)
                .put("tokens_completion", completionTokens)
                .put("native_tokens_prompt", promptTokens)
                .put("native_tokens_completion", completionTokens)
                .put("native_tokens_reasoning", 0)
                .put("native_tokens_cached", 0);
        return body;
    }
}
