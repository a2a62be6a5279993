package io.promptroutes.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.routing.Choice;

/** Tells in a result's {@code routing} which models were considered, and what the call was expected to cost. Stateless. */
final class Explanation {

    private Explanation() {
    }

    static void add(ObjectNode routing, Choice choice) {
        choice.models().forEach(routing.putArray("candidates")::add);
        if (!choice.rejected().isEmpty()) {
            choice.rejected().forEach(routing.putArray("rejected")::add);
        }
        if (choice.truncatedTokens() > 0) {
            routing.put("truncated_tokens", choice.truncatedTokens());
        }
        Choice.Estimate estimate = choice.estimate();
        if (estimate == null) {
            return; // nothing may be called
        }
        ObjectNode out = routing.putObject("estimate");
        out.put("model", estimate.model());
        out.put("usd", estimate.usd());
        out.put("prompt_tokens", estimate.promptTokens());
        out.put("max_tokens", estimate.maxTokens());
        out.put("basis", "estimate of the worst case, " + (estimate.counted() ? "prompt tokens counted here" : "a prompt token for each byte"));
    }
}
