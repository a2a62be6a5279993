package io.promptroutes.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.cost.Cost;
import io.promptroutes.cost.CostSource;
import io.promptroutes.cost.Usd;
import io.promptroutes.cost.Usage;
import io.promptroutes.flow.Run;
import io.promptroutes.ledger.OpenClaim;
import io.promptroutes.openrouter.Answer;
import io.promptroutes.openrouter.CallFailed;
import io.promptroutes.openrouter.Generation;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Writes a call that was or may have been billed as a CloudEvents 1.0 event. Stateless. */
public final class CostEvents {

    public static final String TYPE = "promptroutes.cost.v1";

    private CostEvents() {
    }

    /**
     * The run's last call. Its id is the claim's; without a ledger it is a new one, made once. What a server calls its answers is data,
     * since not every server gives each answer another name.
     */
    public static byte[] of(Run run, Cost cost, Instant now) {
        Prompt prompt = run.prompt();
        Answer answer = run.paid();
        CallFailed.Details failure = run.failure();
        UUID id = run.claim() != null ? run.claim() : UUID.randomUUID();
        ObjectNode event = event(id.toString(), prompt.id(), now);
        ObjectNode data = event.putObject("data");
        data.put("prompt_id", prompt.id());
        data.put("attempt", run.attempt());
        data.put("model_requested", run.chain().calledModel());
        data.put("model_used", answer == null ? null : answer.model());
        data.put("provider", answer != null ? answer.provider() : failure == null ? null : failure.provider());
        data.put("generation_id", run.generationId());
        data.put("task", run.task().toString());
        data.put("strategy", prompt.strategy().toString());
        data.put("budget", prompt.budget().toString());
        data.put("tenant", prompt.tenant());
        Usage usage = run.usage();
        data.put("prompt_tokens", usage == null ? null : usage.promptTokens());
        data.put("completion_tokens", usage == null ? null : usage.completionTokens());
        data.put("reasoning_tokens", usage == null ? null : usage.reasoningTokens());
        data.put("cached_tokens", usage == null ? null : usage.cachedTokens());
        data.put("cost_usd", cost.usd());
        data.put("cost_source", cost.source() == null ? null : cost.source().toString());
        data.put("latency_ms", run.latencyMs());
        data.put("status", run.answer() != null ? "success" : cost.usd() == null ? "unknown" : "failed");
        if (cost.instead() != null) {
            Usage told = answer != null ? answer.usage() : failure.usage();
            data.putObject("reported").put("prompt_tokens", told.promptTokens()).put("completion_tokens", told.completionTokens())
                    .put("cost_usd", told.costUsd());
        }
        if (prompt.metadata() != null) {
            data.set("metadata", prompt.metadata());
        }
        return Json.bytes(event);
    }

    /** The same event without its prompt's metadata, for which its topic has no room; it says so. */
    public static byte[] withoutMetadata(byte[] event) {
        ObjectNode without = (ObjectNode) Json.tree(event);
        ObjectNode data = (ObjectNode) without.get("data");
        data.put("metadata_left_out", data.remove("metadata") != null);
        return Json.bytes(without);
    }

    /**
     * What a call of unknown cost has turned out to be. It has an id of its own, derived from the claim's: whoever leaves out
     * repeated events has seen the one that said "unknown" under that. Sums of {@code cost_usd} stay right with both.
     */
    public static byte[] lookedUp(OpenClaim call, Generation generation, Instant now) {
        ObjectNode event = event(call.claimId() + "/looked-up", call.promptId(), now);
        ObjectNode data = event.putObject("data");
        data.put("prompt_id", call.promptId());
        data.put("attempt", call.attempt());
        data.put("model_requested", call.model());
        data.put("model_used", generation.model());
        data.put("provider", generation.provider());
        data.put("generation_id", call.generationId());
        data.put("task", call.task());
        data.put("tenant", call.tenant());
        data.put("prompt_tokens", generation.promptTokens());
        data.put("completion_tokens", generation.completionTokens());
        data.put("reasoning_tokens", generation.reasoningTokens());
        data.put("cached_tokens", generation.cachedTokens());
        data.put("cost_usd", Usd.of(generation.costUsd()));
        data.put("cost_source", CostSource.REPORTED.toString());
        data.put("latency_ms", generation.latencyMs());
        data.put("status", "looked_up");
        return Json.bytes(event);
    }

    private static ObjectNode event(String id, String promptId, Instant now) {
        ObjectNode event = Json.MAPPER.createObjectNode();
        event.put("specversion", "1.0");
        event.put("id", id);
        event.put("source", "/prompt-routes");
        event.put("type", TYPE);
        event.put("subject", promptId);
        event.put("time", now.truncatedTo(ChronoUnit.MILLIS).toString());
        event.put("datacontenttype", "application/json");
        return event;
    }
}
