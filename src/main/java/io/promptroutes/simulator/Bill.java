package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Map;

/**
 * What the simulator was asked and what it charged, at one moment. Immutable; money is USD, exact.
 *
 * @param requests    completion requests that arrived, refused ones included
 * @param inFlight    those of them that have no outcome yet; the bill is final when this is 0
 * @param completions generations that were billed, free models' included, whether or not the client got them
 * @param byModel     by the catalogue's id
 * @param byPrompt    by {@link Fingerprint}; empty unless recording
 */
public record Bill(long requests, long inFlight, long completions, BigDecimal billedUsd,
                   Map<String, Share> byModel, Map<String, Calls> byPrompt) {

    /** One model's part. */
    public record Share(long completions, BigDecimal billedUsd) {
    }

    /** One prompt's part: well-formed calls, and those of them that were billed. */
    public record Calls(long calls, long billed, BigDecimal billedUsd) {
    }

    /** The body of {@code GET /simulator/bill} but for the mark that it is simulated. */
    ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode()
                .put("requests", requests)
                .put("in_flight", inFlight)
                .put("completions", completions)
                .put("billed_usd", billedUsd);
        ObjectNode models = body.putObject("by_model");
        byModel.forEach((model, share) -> models.putObject(model)
                .put("completions", share.completions())
                .put("billed_usd", share.billedUsd()));
        ObjectNode prompts = body.putObject("by_prompt");
        byPrompt.forEach((fingerprint, calls) -> prompts.putObject(fingerprint)
                .put("calls", calls.calls())
                .put("billed_calls", calls.billed())
                .put("billed_usd", calls.billedUsd()));
        return body;
    }
}
