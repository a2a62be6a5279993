package io.promptroutes.route;

import io.promptroutes.cost.Catalogue;
import io.promptroutes.cost.Model;
import io.promptroutes.flow.Crossings;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.Reach;
import io.promptroutes.flow.Run;
import io.promptroutes.flow.Variables;
import io.promptroutes.openrouter.CallFailed;
import io.promptroutes.publish.Alerts;
import io.promptroutes.routing.Attempt;
import io.promptroutes.routing.Chain;
import io.promptroutes.routing.ParkedModels;
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
public record Fallback(Pauses pauses, Catalogue catalogue, ParkedModels parked, Waits waits, ChainEnd chainEnd, String service, Crossings alarms,
        Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(Fallback.class);

    /**
     * @param backoff before the first retry where the server names no wait; doubles with each, jittered by half
     * @param longest a longer wait is not waited for: the next model's turn
     */
    public record Waits(Duration backoff, Duration longest) {
    }

    /** The same model once more after a while, up to {@code calls} calls of it; then the next one. */
    public void retryOrNext(Exchange exchange, int calls) {
        Run run = note(exchange);
        Duration told = run.failure().retryAfter();
        Duration wait = told == null ? backoff(run.chain().callsOnModel()) : told;
        if (wait.compareTo(waits.longest()) > 0) {
            run.chain().next(null);
        } else {
            run.chain().retryOrNext(calls, wait, clock.instant());
        }
        chainEnd.conclude(exchange, run);
    }

    public void nextModel(Exchange exchange) {
        Run run = note(exchange);
        run.chain().next(null);
        chainEnd.conclude(exchange, run);
    }

    /** The model is left out for everybody until the next catalogue refresh. */
    public void nextModelWithoutThisOne(Exchange exchange) {
        Run run = note(exchange);
        parked.gone(run.chain().calledModel());
        run.chain().next(null);
        chainEnd.conclude(exchange, run);
    }

    public void nextModelWithLongerContext(Exchange exchange) {
        Run run = note(exchange);
        long shortest = catalogue.find(run.chain().calledModel()).map(Model::contextLength).orElse(0L);
        run.chain().nextWhere(model -> catalogue.find(model).map(Model::contextLength).orElse(Long.MAX_VALUE) > shortest);
        chainEnd.conclude(exchange, run);
    }

    /** All free models rest until the daily cap is reset, at midnight UTC where the server does not say. */
    public void nextModelWithoutFreeOnes(Exchange exchange) {
        Run run = note(exchange);
        Instant now = clock.instant();
        Duration told = run.failure().retryAfter();
        parked.parkFree(told != null ? now.plus(told)
                : now.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).plusDays(1).toInstant());
        run.chain().nextWhere(model -> parked.why(model) == null);
        chainEnd.conclude(exchange, run);
    }

    /** The same model is told what is wrong with its answer, once; then the next one. */
    public void repairOrNext(Exchange exchange) {
        Run run = note(exchange);
        if (unbounded(run) && run.chain().repair()) {
            run.repair();
        } else {
            run.chain().next(null);
        }
        chainEnd.conclude(exchange, run);
    }

    /** The same model with twice as many tokens, as far as it can give them, up to {@code calls} calls of it; then the next one. */
    public void moreTokens(Exchange exchange, int calls) {
        Run run = note(exchange);
        Chain chain = run.chain();
        int sent = run.call().request().outputCap();
        long limit = catalogue.find(chain.calledModel()).map(Model::maxCompletionTokens).orElse((long) Integer.MAX_VALUE);
        int more = (int) Math.min(2L * sent, limit);
        if (unbounded(run) && run.call().request().capped() && more > sent && chain.outputCap() == null && chain.callsOnModel() < calls) {
            chain.retryWithMore(more);
        } else {
            chain.next(null);
        }
        chainEnd.conclude(exchange, run);
    }

    /** What a model was chosen for under {@code max_cost_cents} is one call as it was first made, and not a longer one. */
    private static boolean unbounded(Run run) {
        return run.prompt().maxCostCents() == null;
    }

    /** Once with as many tokens as the message allows, if it names a number, then a cheaper model. */
    public void fewerTokens(Exchange exchange) {
        Run run = note(exchange);
        Integer affordable = run.failure().affordableTokens();
        if (affordable == null || !run.chain().retryWith(affordable)) {
            String dear = run.chain().calledModel();
            run.chain().nextWhere(model -> catalogue.cheaper(model, dear));
        }
        chainEnd.conclude(exchange, run);
    }

    /** No credit: only free models are left. Where a free one is refused as well the balance is negative, and everything waits. */
    public void freeModels(Exchange exchange) {
        Run run = note(exchange);
        run.refused(run.call().started());
        if (catalogue.free(run.chain().calledModel())) {
            chainEnd.hold(exchange, service + " refuses even free models for want of credit (negative balance): add credit");
            return;
        }
        if (alarms.goesOn(Sinks.NO_CREDIT)) {
            String message = service + " refuses paid models for want of credit: " + run.failure().message();
            Notices.leave(exchange, Alerts.of(Alerts.Kind.CREDIT, "account", message, alert -> alert.put("figure_of", "HTTP 402"), clock.instant()));
        }
        boolean free = chainEnd.freeFallback();
        run.chain().nextFree(model -> free && catalogue.free(model), free ? run.decision().choice().freeModels().get() : List.of(), null);
        chainEnd.conclude(exchange, run);
    }

    /** The key does not work: nobody's prompt is at fault. */
    public void keyRefused(Exchange exchange) {
        Run run = note(exchange);
        pauses.refused(exchange, run, service + " refused the API key (" + run.failure().message() + "): " + Reach.CHECK_KEY);
    }

    /** The account is blocked: everything waits. */
    public void pause(Exchange exchange) {
        Run run = note(exchange);
        chainEnd.hold(exchange, service + " blocks this account: " + run.failure().message());
    }

    /** No other model would do better; where OpenRouter's words say that one might, it gets its turn. */
    public void giveUp(Exchange exchange) {
        Run run = note(exchange);
        if (Boolean.TRUE.equals(run.failure().retryable())) {
            run.chain().next(null);
            chainEnd.conclude(exchange, run);
        } else {
            run.fail(new Failure(run.failure().kind().toString(), run.failure().message(), false));
        }
    }

    private Run note(Exchange exchange) {
        Run run = exchange.getVariable(Variables.RUN, Run.class);
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        CallFailed.Details details = caught instanceof CallFailed failed ? failed.details() : CallFailed.broken(caught, run.call().entity());
        run.call().ended();
        run.call().failed(details);
        run.chain().note(new Attempt(run.chain().calledModel(), details.status(), details.kind().toString(), details.message(),
                run.call().latencyMs(), 0));
        // the provider's words may quote the prompt; they are in the result's attempts
        String model = run.chain().calledModel();
        About.call(LOG.atDebug(), run, model, run.attempt(), details.status()).log("{}: call {} of {} failed: {}{}", run, run.attempt(), model,
                details.kind(), details.status() == null ? "" : ", HTTP " + details.status());
        return run;
    }

    private Duration backoff(int calls) {
        long millis = waits.backoff().toMillis() << Math.min(calls - 1, 10);
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }
}
