package io.promptroutes.message;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.call.Generation;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.ledger.OpenClaim;
import io.promptroutes.model.Cost;
import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usage;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** Writes a call that was or may have been billed as a CloudEvents 1.0 event. Stateless. */
public final class CostEvents {

    public static final String TYPE = "promptroutes.cost.v1";
    /** Behind the claim's id in the id of an event that says what was looked up. */
    public static final String LOOKED_UP = "/looked-up";

    /**
     * Of the call.
     *
     * @param reported what its answer says where that is not believed; null, and left out, otherwise
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Data(String promptId, int attempt, String modelRequested, String modelUsed, String provider, String generationId,
            String task, @JsonInclude(NON_NULL) String strategy, @JsonInclude(NON_NULL) String budget, String tenant,
            Long promptTokens, Long completionTokens, Long reasoningTokens, Long cachedTokens,
            BigDecimal costUsd, String costSource, @JsonInclude(NON_NULL) String serviceTier, Long latencyMs, String status,
            @JsonInclude(NON_NULL) Reported reported, @JsonInclude(NON_NULL) JsonNode metadata) {
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Reported(long promptTokens, long completionTokens, BigDecimal costUsd) {
    }

    private CostEvents() {
    }

    /**
     * The run's last call. Its id is the claim's; without a ledger it is a new one, made once. What a server calls its answers is data,
     * since not every server gives each answer another name.
     */
    public static byte[] of(PromptContext run, Cost cost, Instant now) {
        Prompt prompt = run.prompt();
        Call call = run.calls().last();
        Usage usage = call.usage();
        Usage told = cost.instead() == null ? null : call.told();
        UUID id = call.claim() != null ? call.claim() : UUID.randomUUID();
        return CloudEvent.of(TYPE, id.toString(), prompt.id(), now, new Data(
                prompt.id(), call.attempt(), run.chain().calledModel(), call.model(), call.provider(), call.generationId(),
                run.task(), prompt.strategy().toString(), prompt.budget().toString(), prompt.tenant(),
                usage == null ? null : usage.promptTokens(), usage == null ? null : usage.completionTokens(),
                usage == null ? null : usage.reasoningTokens(), usage == null ? null : usage.cachedTokens(),
                cost.usd(), cost.source() == null ? null : cost.source().toString(), call.tier(), call.latencyMs(),
                cost.usd() == null ? "unknown" : call.answer() != null ? "success" : "failed",
                told == null ? null : new Reported(told.promptTokens(), told.completionTokens(), told.costUsd()), prompt.metadata()));
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
        return CloudEvent.of(TYPE, call.claimId() + LOOKED_UP, call.promptId(), now, new Data(
                call.promptId(), call.attempt(), call.model(), generation.model(), generation.provider(), call.generationId(),
                call.task(), null, null, call.tenant(),
                generation.promptTokens(), generation.completionTokens(), generation.reasoningTokens(), generation.cachedTokens(),
                Usd.of(generation.costUsd()), CostSource.REPORTED.toString(), generation.tier(), generation.latencyMs(), "looked_up", null, null));
    }
}
