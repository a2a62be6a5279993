package io.promptroutes.message;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_DEFAULT;
import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;
import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.Decision;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.TierRemark;
import io.promptroutes.model.Choice;
import io.promptroutes.prompt.Prompt;
import java.util.ArrayList;
import java.util.List;

/** How a result or dead letter tells why it was this model, and what the call was expected to cost. To be written at once: its lists may grow. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Routing(String strategy, String task, @JsonInclude(NON_NULL) Double confidence, @JsonInclude(NON_EMPTY) List<String> signs,
        String budget, String tier, String reason, Config config,
        List<String> candidates, @JsonInclude(NON_EMPTY) List<String> rejected, @JsonInclude(NON_DEFAULT) long truncatedTokens,
        @JsonInclude(NON_NULL) Choice.Estimate estimate, @JsonInclude(NON_NULL) String branch, @JsonInclude(NON_EMPTY) List<String> notes) {

    /** @param temperature a number, or what the request has in its place; or null */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Config(Object temperature, Integer maxTokens) {
    }

    static Routing of(PromptContext run) {
        Prompt prompt = run.prompt();
        Decision decision = run.decision();
        Choice choice = decision.choice();
        JsonNode own = prompt.request().get("temperature");
        List<String> notes = new ArrayList<>(prompt.notes());
        Call call = run.calls().last();
        if (call != null && call.remark() != null) {
            notes.add(call.remark());
        }
        notes.addAll(run.calls().notes());
        TierRemark tier = TierRemark.of(run);
        if (tier != null) {
            notes.add(tier.note());
        }
        return new Routing(prompt.strategy().toString(), run.task(),
                decision.confidence() == null ? null : Math.round(decision.confidence() * 100) / 100.0, decision.signs(),
                prompt.budget().toString(), decision.tier(), decision.reason(),
                new Config(own == null ? decision.temperature() : own, ChatRequest.outputCap(prompt.request(), decision.maxTokens())),
                choice.models(), choice.rejected(), choice.truncatedTokens(), choice.estimate(),
                decision.branch(), // in the ledger alone: it is joined with the others before it is published
                notes);
    }
}
