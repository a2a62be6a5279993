package io.promptroutes.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.promptroutes.cost.Usage;
import io.promptroutes.flow.Decision;
import io.promptroutes.flow.Run;
import io.promptroutes.openrouter.Answer;
import io.promptroutes.openrouter.ChatRequest;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Strategy;
import io.promptroutes.routing.Attempt;
import io.promptroutes.routing.Chain;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Writes results as JSON (README, "Messages"). Stateless. */
public final class Results {

    private Results() {
    }

    /** The result of a prompt that was answered. */
    public static byte[] answered(Run run) {
        Prompt prompt = run.prompt();
        Answer answer = run.call().answer();
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("id", prompt.id());
        out.put("status", "success");
        out.put("text", answer.text());
        carry(out, "refusal", TextNode.valueOf(answer.refusal()));
        carry(out, "tool_calls", answer.toolCalls());
        carry(out, "reasoning", TextNode.valueOf(answer.reasoning()));
        carry(out, "annotations", answer.annotations());
        carry(out, "images", answer.images());
        carry(out, "choices", answer.choices());
        out.put("model_requested", run.chain().requested());
        out.put("model_used", answer.model());
        out.put("provider", answer.provider());
        out.put("generation_id", answer.generationId());
        out.put("finish_reason", answer.finishReason());
        out.set("routing", routing(run));
        out.set("fallback", fallback(run.chain()));
        out.set("usage", usage(run.call().usage()));
        cost(out, run);
        out.put("latency_ms", run.call().latencyMs());
        out.put("cached", false);
        origin(out, prompt);
        return Json.bytes(out);
    }

    /** A result that was published before, for a prompt that asks the same and made no call. */
    public static byte[] again(Run run, byte[] published) {
        ObjectNode out = (ObjectNode) Json.tree(published);
        out.put("id", run.prompt().id());
        out.put("model_requested", run.chain().requested());
        out.set("routing", routing(run));
        out.set("fallback", fallback(run.chain()));
        out.remove(List.of("calls_of_unknown_cost", "metadata", "record"));
        cost(out, run);
        out.put("latency_ms", 0);
        out.put("cached", true);
        origin(out, run.prompt());
        return Json.bytes(out);
    }

    static ObjectNode routing(Run run) {
        ObjectNode routing = Json.MAPPER.createObjectNode();
        routing.put("strategy", run.prompt().strategy().toString());
        routing.put("task", run.task().toString());
        Decision decision = run.decision();
        if (decision.confidence() != null) {
            routing.put("confidence", Math.round(decision.confidence() * 100) / 100.0);
        }
        if (!decision.signs().isEmpty()) {
            decision.signs().forEach(routing.putArray("signs")::add);
        }
        routing.put("budget", run.prompt().budget().toString());
        routing.put("tier", decision.tier());
        routing.put("reason", decision.reason());
        ObjectNode config = routing.putObject("config");
        JsonNode own = run.prompt().request().get("temperature");
        if (own != null) {
            config.set("temperature", own);
        } else {
            config.put("temperature", decision.temperature());
        }
        config.put("max_tokens", ChatRequest.outputCap(run.prompt().request(), decision.maxTokens()));
        Explanation.add(routing, decision.choice());
        if (run.prompt().strategy() == Strategy.COMPARE && run.chain().models().size() < decision.choice().models().size()) {
            routing.put("branch", run.chain().model()); // in the ledger alone: it is joined with the others before it is published
        }
        List<String> notes = new ArrayList<>(run.prompt().notes());
        if (run.remark() != null) {
            notes.add(run.remark());
        }
        if (!notes.isEmpty()) {
            notes.forEach(routing.putArray("notes")::add);
        }
        return routing;
    }

    private static ObjectNode fallback(Chain chain) {
        ObjectNode fallback = Json.MAPPER.createObjectNode();
        int level = chain.level();
        fallback.put("level", level);
        fallback.put("reason", level == 0 ? null : chain.fallbackReason());
        fallback.set("attempts", attempts(chain));
        return fallback;
    }

    static ArrayNode attempts(Chain chain) {
        ArrayNode list = Json.MAPPER.createArrayNode();
        for (Attempt attempt : chain.attempts()) {
            ObjectNode one = list.addObject();
            one.put("model", attempt.model());
            one.put("status", attempt.status());
            one.put("error", attempt.kind() + ": " + attempt.error());
            one.put("latency_ms", attempt.latencyMs());
            one.put("wait_ms", attempt.waitMs());
        }
        return list;
    }

    private static ObjectNode usage(Usage usage) {
        if (usage == null) {
            return null;
        }
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("prompt_tokens", usage.promptTokens());
        out.put("completion_tokens", usage.completionTokens());
        out.put("reasoning_tokens", usage.reasoningTokens());
        out.put("cached_tokens", usage.cachedTokens());
        out.put("total_tokens", usage.totalTokens());
        return out;
    }

    /** All calls of the prompt; those that may have been billed unknown to us are counted, never guessed. */
    static void cost(ObjectNode out, Run run) {
        BigDecimal spent = run.bill().spent();
        out.put("cost_usd", spent.signum() == 0 ? BigDecimal.ZERO : spent);
        out.put("cost_source", run.bill().source().toString());
        if (run.bill().unknown() > 0) {
            out.put("calls_of_unknown_cost", run.bill().unknown());
        }
    }

    static void origin(ObjectNode out, Prompt prompt) {
        out.put("tenant", prompt.tenant());
        if (prompt.record() != null) {
            out.put("record", prompt.record());
        }
        if (prompt.metadata() != null) {
            out.set("metadata", prompt.metadata());
        }
        out.putPOJO("source", prompt.source());
        out.put("key", prompt.key());
    }

    private static void carry(ObjectNode out, String name, JsonNode value) {
        if (value != null) {
            out.set(name, value);
        }
    }
}
