package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
        ObjectNode body = Refused.serverError(502).body().put("id", id);
        return billed ? withUsage(body) : body;
    }

    private ObjectNode answer(String text, String finishReason, String nativeReason) {
        ObjectNode body = JsonNodeFactory.instance.objectNode()
                .put("id", id)
                .put("provider", "Simulated")
                .put("model", model)
                .put("object", "chat.completion")
                .put("created", at.getEpochSecond());
        body.putArray("choices").addObject()
                .putNull("logprobs")
                .put("finish_reason", finishReason)
                .put("native_finish_reason", nativeReason)
                .put("index", 0)
                .putObject("message")
                .put("role", "assistant")
                .put("content", text)
                .putNull("refusal")
                .putNull("reasoning");
        return body;
    }

    private ObjectNode withUsage(ObjectNode body) {
        ObjectNode usage = body.putObject("usage")
                .put("prompt_tokens", promptTokens)
                .put("completion_tokens", completionTokens)
                .put("total_tokens", promptTokens + completionTokens)
                .put("cost", cost)
                .put("is_byok", false);
        usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
        usage.putObject("cost_details").put("upstream_inference_cost", cost);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
        return body;
    }

    /** The body of {@code GET /generation}. */
    ObjectNode lookedUp() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("data")
                .put("id", id)
                .put("model", model)
                .put("provider_name", "Simulated")
                .put("created_at", at.toString())
                .put("total_cost", cost)
                .put("usage", cost)
                .put("is_byok", false)
                .put("streamed", false)
                .put("cancelled", cancelled)
                .put("finish_reason", finishReason)
                .put("latency", latencyMillis)
                .put("tokens_prompt", promptTokens)
                .put("tokens_completion", completionTokens)
                .put("native_tokens_prompt", promptTokens)
                .put("native_tokens_completion", completionTokens);
        return body;
    }
}
