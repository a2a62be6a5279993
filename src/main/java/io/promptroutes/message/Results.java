package io.promptroutes.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.promptroutes.call.Answer;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.model.Attempt;
import io.promptroutes.model.Chain;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.ServiceTier;
import java.math.BigDecimal;
import java.util.List;

/** Writes results as JSON (docs/messages.md). Stateless. */
public final class Results {

    record Fallback(int level, String reason, List<Attempt> attempts) {
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Tokens(long promptTokens, long completionTokens, long reasoningTokens, long cachedTokens, long totalTokens) {
    }

    private Results() {
    }

    /** The result of a prompt that was answered. */
    public static byte[] answered(PromptContext run) {
        Prompt prompt = run.prompt();
        Call call = run.calls().last();
        Answer answer = call.answer();
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
        carry(out, ServiceTier.FIELD, TextNode.valueOf(answer.tier()));
        out.putPOJO("routing", Routing.of(run));
        out.putPOJO("fallback", fallback(run.chain()));
        Usage usage = call.usage();
        out.putPOJO("usage", usage == null ? null : new Tokens(usage.promptTokens(), usage.completionTokens(), usage.reasoningTokens(),
                usage.cachedTokens(), usage.totalTokens()));
        return ended(out, run, call.latencyMs(), false);
    }

    /** A result that was published before, for a prompt that asks the same and made no call. */
    public static byte[] again(PromptContext run, Stored published) {
        ObjectNode out = published.json().deepCopy();
        out.put("id", run.prompt().id());
        out.put("model_requested", run.chain().requested());
        out.putPOJO("routing", Routing.of(run));
        Chain chain = run.chain();
        out.putPOJO("fallback", chain.level() > 0 ? fallback(chain) : new Fallback(published.level(), published.reason(), chain.attempts()));
        out.remove(List.of("calls_of_unknown_cost", "metadata", "record"));
        return ended(out, run, 0, true);
    }

    /** With what every result ends with. @param latencyMs of the call; 0 where none was made */
    static byte[] ended(ObjectNode out, PromptContext run, long latencyMs, boolean cached) {
        cost(out, run);
        out.put("latency_ms", latencyMs);
        out.put("cached", cached);
        origin(out, run.prompt());
        return Json.bytes(out);
    }

    private static Fallback fallback(Chain chain) {
        int level = chain.level();
        return new Fallback(level, level == 0 ? null : chain.fallbackReason(), chain.attempts());
    }

    /** All calls of the prompt; those that may have been billed unknown to us are counted, never guessed. */
    static void cost(ObjectNode out, PromptContext run) {
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
