package io.promptroutes.pipeline;

import io.promptroutes.call.CallFailed;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.flow.AlarmStates;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.ProviderStatus;
import io.promptroutes.flow.Variables;
import io.promptroutes.message.Alerts;
import io.promptroutes.model.Attempt;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.Chain;
import io.promptroutes.model.Model;
import io.promptroutes.model.ParkedModels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may follow a failed call: each public method is one policy, named by the {@code onException} clauses of
 * routes/engine/fallback.camel.yaml. Thread-safe.
 */
public record Fallback(Pauses pauses, Catalogue catalogue, ParkedModels parked, Waits waits, ChainEnd chainEnd, String service, AlarmStates alarms,
        Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(Fallback.class);

    /**
     * @param backoff before the first retry where the server names no wait; doubles with each, jittered by half
     * @param longest a longer wait is not waited for: the next model's turn
     * @param leaveFlex whether a model without room at service tier flex is called at the standard one; else the prompt ends there
     */
    public record Waits(Duration backoff, Duration longest, boolean leaveFlex) {
    }

    /** The same model once more after a while, up to {@code calls} calls of it; then the next one. */
    public void retryOrNext(Exchange exchange, int calls) {
        PromptContext run = note(exchange);
        Duration told = run.calls().failure().retryAfter();
        Duration wait = told == null ? backoff(run.chain().callsOnModel()) : told;
        if (wait.compareTo(waits.longest()) <= 0 && run.chain().retry(calls, wait, clock.instant())) {
            chainEnd.conclude(exchange, run);
        } else if (!run.calls().last().withoutRoom()) {
            run.chain().next(null);
            chainEnd.conclude(exchange, run);
        } else if (waits.leaveFlex()) {
            run.calls().leaveTier();
            run.chain().anew();
        } else {
            run.calls().fail(new Failure(run.calls().failure().kind().toString(), run.chain().calledModel() + " has no room at service tier flex, and key tier.flex.fallback "
                    + "allows no other: " + run.calls().failure().message(), true));
        }
    }

    public void nextModel(Exchange exchange) {
        PromptContext run = note(exchange);
        run.chain().next(null);
        chainEnd.conclude(exchange, run);
    }

    /** The model is left out for everybody until the next catalogue refresh. */
    public void nextModelWithoutThisOne(Exchange exchange) {
        PromptContext run = note(exchange);
        parked.gone(run.chain().calledModel());
        run.chain().next(null);
        chainEnd.conclude(exchange, run);
    }

    public void nextModelWithLongerContext(Exchange exchange) {
        PromptContext run = note(exchange);
        long shortest = catalogue.find(run.chain().calledModel()).map(Model::contextLength).orElse(0L);
        run.chain().nextWhere(model -> catalogue.find(model).map(Model::contextLength).orElse(Long.MAX_VALUE) > shortest);
        chainEnd.conclude(exchange, run);
    }

    /** All free models rest until the daily cap is reset, at midnight UTC where the server does not say. */
    public void nextModelWithoutFreeOnes(Exchange exchange) {
        PromptContext run = note(exchange);
        Instant now = clock.instant();
        Duration told = run.calls().failure().retryAfter();
        parked.parkFree(told != null ? now.plus(told)
                : now.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).plusDays(1).toInstant());
        run.chain().nextWhere(model -> parked.why(model) == null);
        chainEnd.conclude(exchange, run);
    }

    /** The same model is told what is wrong with its answer, once; then the next one. */
    public void repairOrNext(Exchange exchange) {
        PromptContext run = note(exchange);
        String fault = run.calls().last().fault();
        if (unbounded(run) && fault != null && run.chain().repair() == null) {
            run.chain().repair(ChatRequest.repairing(run.prompt().request(), run.calls().unfit().text(), fault));
        } else {
            run.chain().next(null);
        }
        chainEnd.conclude(exchange, run);
    }

    /** The same model with twice as many tokens, as far as it can give them, up to {@code calls} calls of it; then the next one. */
    public void moreTokens(Exchange exchange, int calls) {
        PromptContext run = note(exchange);
        Chain chain = run.chain();
        ChatRequest.Body sent = run.calls().last().request();
        long limit = catalogue.find(chain.calledModel()).map(Model::maxCompletionTokens).orElse((long) Integer.MAX_VALUE);
        int more = (int) Math.min(2L * sent.outputCap(), limit);
        if (unbounded(run) && sent.capped() && more > sent.outputCap() && chain.outputCap() == null && chain.callsOnModel() < calls) {
            chain.retryWithMore(more);
        } else {
            chain.next(null);
        }
        chainEnd.conclude(exchange, run);
    }

    /** What a model was chosen for under {@code max_cost_cents} is one call as it was first made, and not a longer one. */
    private static boolean unbounded(PromptContext run) {
        return run.prompt().maxCostCents() == null;
    }

    /** Once with as many tokens as the message allows, if it names a number, then a cheaper model. */
    public void fewerTokens(Exchange exchange) {
        PromptContext run = note(exchange);
        Integer affordable = run.calls().failure().affordableTokens();
        if (affordable != null && run.chain().outputCap() == null) {
            run.chain().retryWith(affordable);
        } else {
            String dear = run.chain().calledModel();
            run.chain().nextWhere(model -> catalogue.cheaper(model, dear));
        }
        chainEnd.conclude(exchange, run);
    }

    /** No credit: only free models are left. Where a free one is refused as well the balance is negative, and everything waits. */
    public void freeModels(Exchange exchange) {
        PromptContext run = note(exchange);
        run.permit().refused(run.calls().last().started());
        if (catalogue.free(run.chain().calledModel())) {
            chainEnd.hold(exchange, service + " refuses even free models for want of credit (negative balance): add credit");
            return;
        }
        if (alarms.goesOn(Sinks.NO_CREDIT)) {
            String message = service + " refuses paid models for want of credit: " + run.calls().failure().message();
            Notices.leave(exchange, Alerts.of(Alerts.Kind.CREDIT, "account", message, alert -> alert.put("figure_of", "HTTP 402"), clock.instant()));
        }
        boolean free = chainEnd.freeFallback();
        run.chain().nextFree(model -> free && catalogue.free(model), free ? run.decision().choice().freeModels().get() : List.of(), null);
        chainEnd.conclude(exchange, run);
    }

    /** The key does not work: nobody's prompt is at fault. */
    public void keyRefused(Exchange exchange) {
        PromptContext run = note(exchange);
        pauses.refused(exchange, run, service + " refused the API key (" + run.calls().failure().message() + "): " + ProviderStatus.CHECK_KEY);
    }

    /** The account is blocked: everything waits. */
    public void pause(Exchange exchange) {
        PromptContext run = note(exchange);
        chainEnd.hold(exchange, service + " blocks this account: " + run.calls().failure().message());
    }

    /** No other model would do better; where OpenRouter's words say that one might, it gets its turn. */
    public void giveUp(Exchange exchange) {
        PromptContext run = note(exchange);
        if (Boolean.TRUE.equals(run.calls().failure().retryable())) {
            run.chain().next(null);
            chainEnd.conclude(exchange, run);
        } else {
            run.calls().fail(new Failure(run.calls().failure().kind().toString(), run.calls().failure().message(), false));
        }
    }

    private PromptContext note(Exchange exchange) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        note(run, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        return run;
    }

    /** The last call failed with this. */
    static void note(PromptContext run, Exception caught) {
        Call call = run.calls().last();
        String model = run.chain().calledModel();
        CallFailed.Details details = caught instanceof CallFailed failed ? failed.details() : CallFailed.broken(caught, call.entity());
        call.ended();
        call.failed(details);
        run.chain().note(new Attempt(model, details.status(), details.kind().toString(), details.kind() + ": " + details.message(), call.latencyMs(), 0));
        // the provider's words may quote the prompt; they are in the result's attempts
        About.call(LOG.atDebug(), run, model, call.attempt(), details.status()).log("{}: call {} of {} failed: {}{}", run, call.attempt(), model,
                details.kind(), details.status() == null ? "" : ", HTTP " + details.status());
    }

    private Duration backoff(int calls) {
        long millis = waits.backoff().toMillis() << Math.min(calls - 1, 10);
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }
}
