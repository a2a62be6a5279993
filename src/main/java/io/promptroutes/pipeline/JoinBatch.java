package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.BatchChoice;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.KnownWork;
import io.promptroutes.model.Catalogue;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.ServiceTier;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * A prompt that may wait joins a group that is asked together; one that cannot, or would not be cheaper, is called alone, and its result says why. It holds no
 * thread while it waits. Thread-safe.
 */
record JoinBatch(OpenBatches open, BatchChoice choice, BatchRefusals refusals, ChatRequest request, Catalogue catalogue, AdmissionGate intake, Clock clock) implements AsyncStep {

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        Outcome next = next(exchange, run);
        if (next == null) {
            open.join(new OpenBatches.Seat(exchange, callback, run, kind(run)), clock.instant());
            return false;
        }
        exchange.setVariable(Variables.NEXT, next);
        callback.done(true);
        return true;
    }

    /** Null where it joins. */
    private Outcome next(Exchange exchange, PromptContext run) {
        if (!Sinks.mayStart(exchange, intake)) {
            return Outcome.GIVEN_UP;
        }
        if (intake.stopped()) {
            return Outcome.STOPPED;
        }
        if (run.calls().alone()) {
            return Outcome.CALL;
        }
        ObjectNode asked = run.prompt().request();
        ObjectNode body = prepare(run);
        String why = choice.providers(asked);
        why = why != null ? why : refusals.of(kind(run), clock.instant());
        why = why != null ? why : choice.against(run, body, clock.instant());
        if (why != null) {
            run.calls().alone(why);
            return Outcome.CALL;
        }
        return null;
    }

    /** A prompt that an earlier run has asked waits for its line. */
    boolean attach(Exchange exchange, AsyncCallback callback) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        KnownWork.Batched found = (KnownWork.Batched) run.entry().known();
        run.chain().insist(found.claim().model());
        prepare(run);
        run.calls().next().claimed(found.claim().claimId());
        open.asked(found.batch(), Map.of(found.claim().claimId(), new OpenBatches.Seat(exchange, callback, run, kind(run))));
        return false;
    }

    private OpenBatches.Kind kind(PromptContext run) {
        String model = run.chain().model();
        return new OpenBatches.Kind(model, choice.only(run.prompt().request()), run.prompt().within(), ServiceTier.ofGoogle(model) ? run.prompt().request().path("response_format").toString() : "");
    }

    /** Makes the request, as a batch takes it. */
    private ObjectNode prepare(PromptContext run) {
        String model = run.chain().model();
        ChatRequest.Body alone = request.body(run.fields(), model, catalogue.find(model).orElse(null), new ChatRequest.Ours(run.decision().temperature(),
                run.decision().maxTokens(), run.chain().raisedCap(), run.chain().outputCap(), null));
        ObjectNode body = alone.json().deepCopy();
        body.remove("stream");
        body.remove("provider"); // of all lines, and in front of them
        if (body.has("max_completion_tokens")) { // which half of the rows for batches do not know
            body.set("max_tokens", body.remove("max_completion_tokens"));
        }
        run.calls().prepare(new ChatRequest.Body(body, Json.bytes(body), alone.outputCap(), alone.reserved()), Duration.ZERO);
        return body;
    }
}
