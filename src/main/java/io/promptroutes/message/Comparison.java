package io.promptroutes.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;

/**
 * One record out of what the models of a comparison came to.
 *
 * @param branches in the order of the set
 */
public record Comparison(List<Branch> branches) {

    /**
     * A model's share.
     *
     * @param outcome its result or dead letter, as for a prompt with this model alone
     */
    public record Branch(String model, JsonNode outcome) {

        private boolean answered() {
            return outcome.path("status").asText().equals("success");
        }

        private AnswerQuality quality() {
            return new AnswerQuality(outcome.path("text").asText(""));
        }
    }

    public List<Branch> answers() {
        return branches.stream().filter(Branch::answered).toList();
    }

    /** At least one has answered. */
    public byte[] result(PromptContext run) {
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("id", run.prompt().id());
        out.put("status", "success");
        ArrayNode rows = out.putArray("model_results");
        branches.forEach(branch -> rows.add(row(branch)));
        out.set("analysis", analysis());
        out.putPOJO("routing", Routing.of(run));
        return Results.ended(out, run, branches.stream().mapToLong(branch -> branch.outcome().path("latency_ms").asLong()).max().orElse(0), false);
    }

    private static ObjectNode row(Branch branch) {
        JsonNode outcome = branch.outcome();
        ObjectNode row = Json.MAPPER.createObjectNode();
        row.put("model", branch.model());
        row.put("vendor", branch.model().contains("/") ? branch.model().substring(0, branch.model().indexOf('/')) : null);
        row.put("status", outcome.path("status").asText());
        if (branch.answered()) {
            for (String field : List.of("text", "refusal", "tool_calls", "reasoning", "annotations", "images", "choices", "model_used", "provider", "generation_id",
                    "finish_reason", "service_tier", "usage", "latency_ms")) {
                if (outcome.has(field)) {
                    row.set(field, outcome.get(field));
                }
            }
            row.put("word_count", branch.quality().words());
            row.put("quality_score", branch.quality().score());
        } else {
            row.set("error", outcome.get("error"));
            row.set("attempts", outcome.get("attempts"));
        }
        for (String field : List.of("cost_usd", "cost_source", "calls_of_unknown_cost")) {
            if (outcome.has(field)) {
                row.set(field, outcome.get(field));
            }
        }
        return row;
    }

    /** Of equals the one that comes first in the set. */
    private ObjectNode analysis() {
        ObjectNode analysis = Json.MAPPER.createObjectNode();
        analysis.put("fastest", best(Comparator.comparing(branch -> branch.outcome().path("latency_ms").asLong())));
        analysis.put("cheapest", best(Comparator.comparing(branch -> branch.outcome().path("cost_usd").decimalValue())));
        analysis.put("highest_quality", best(Comparator.<Branch, BigDecimal>comparing(branch -> branch.quality().score()).reversed()));
        analysis.put("models_tested", branches.size());
        analysis.put("successful_answers", answers().size());
        return analysis;
    }

    private String best(Comparator<Branch> order) {
        return answers().stream().min(order).map(Branch::model).orElse(null);
    }
}
