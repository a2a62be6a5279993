package io.promptroutes.pipeline;

import io.promptroutes.call.CallFailed;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.call.FailureKind;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.model.Breakers;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.Chain;
import io.promptroutes.model.LeftOut;
import io.promptroutes.model.Model;
import io.promptroutes.model.ParkedModels;
import io.promptroutes.model.Price;
import io.promptroutes.model.RateLimits;
import io.promptroutes.model.Reservations;
import io.promptroutes.model.Thinking;
import io.promptroutes.prompt.ServiceTier;
import io.promptroutes.prompt.Strategy;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Prepares the next call of a run: its request is made, and its model is to be tried; or there is to be no call now. Thread-safe.
 */
record PrepareCall(AdmissionGate intake, Catalogue catalogue, ParkedModels parked, Breakers breakers, RateLimits rates, Reservations reservations,
        BooleanSupplier limited, ChatRequest request, Timeouts timeouts, Clock clock) implements Processor {

    private static final Price FREE = Price.perMillion(BigDecimal.ZERO, BigDecimal.ZERO);

    /**
     * @param plain     wall clock of one attempt
     * @param reasoning the same for a model that thinks first
     */
    record Timeouts(Duration plain, Duration reasoning) {
    }

    @Override
    public void process(Exchange exchange) {
        exchange.setVariable(Variables.NEXT, next(exchange, exchange.getVariable(Variables.RUN, PromptContext.class)));
    }

    private Outcome next(Exchange exchange, PromptContext run) {
        if (run.prompt().strategy() == Strategy.COMPARE && !run.part()) {
            return Outcome.COMPARE;
        }
        if (!Sinks.mayStart(exchange, intake)) {
            return Outcome.GIVEN_UP;
        }
        if (run.calls().last() == null && !run.calls().alone() && ServiceTier.asked(run.prompt().request()) == ServiceTier.BATCH) {
            run.calls().alone("there is no ledger, which has to know what is in it (key ledger.enabled)");
        }
        Instant now = clock.instant();
        if (impossible(run, now)) {
            return Outcome.FAILED;
        }
        long turn = run.calls().takeTurn() ? rates.reserve(run.chain().model()).toMillis() : 0;
        if (turn > 0) {
            return Wait.begin(exchange, turn, JobStatistics.REQUESTS_PER_MINUTE, Outcome.CALL);
        }
        if (!intake.mayCall(run.permit())) {
            run.chain().deadline().held(now);
            return intake.stopped() ? Outcome.STOPPED : Wait.paused(exchange, Outcome.CALL);
        }
        Chain chain = run.chain();
        Model facts = catalogue.find(chain.model()).orElse(null);
        ChatRequest.Ours ours = new ChatRequest.Ours(run.decision().temperature(), run.decision().maxTokens(), chain.raisedCap(), chain.outputCap(),
                ceiling(run, chain.model()));
        run.calls().prepare(request.body(run.fields(), chain.model(), facts, ours),
                Thinking.of(run.fields(), chain.model(), facts) ? timeouts.reasoning() : timeouts.plain());
        return Outcome.TRY_MODEL;
    }

    /** Under a budget the list price is to be a bound, whichever provider serves the model; for a free prompt it is nothing. */
    private Price ceiling(PromptContext run, String model) {
        if (run.chain().freeOnly()) {
            return FREE;
        }
        return limited.getAsBoolean() ? reservations.ceiling(model, run.fields()) : null;
    }

    private boolean impossible(PromptContext run, Instant now) {
        Chain chain = run.chain();
        if (chain.deadline().late(now)) {
            run.calls().fail(new Failure("deadline_exceeded", "the prompt's deadline was over before a model answered", true));
            return true;
        }
        Map<String, LeftOut> left = chain.passOver(model -> leftOut(run, model));
        left.forEach((model, why) -> run.decision().choice().rejected().add(model + ": " + why.words()));
        if (chain.step() == Chain.Step.FAILED) {
            run.calls().fail(nobodyLeft(run, left));
            return true;
        }
        for (String model : chain.postpone(breakers::open)) {
            run.decision().choice().rejected().add(model + ": " + LeftOut.CIRCUIT_BREAKER.words());
        }
        return false;
    }

    /** Null where it may be called. */
    private LeftOut leftOut(PromptContext run, String model) {
        if (run.chain().freeOnly() && !catalogue.free(model)) {
            return LeftOut.NOT_FREE; // it was free when the chain was made
        }
        return run.bill().allows(model) ? parked.why(model) : LeftOut.MAX_COST;
    }

    /** The reason is one that time may mend, where there is such a one; else the first. */
    private static Failure nobodyLeft(PromptContext run, Map<String, LeftOut> left) {
        String words = left.entrySet().stream().map(one -> one.getKey() + ": " + one.getValue().words()).collect(Collectors.joining("; "));
        LeftOut why = left.values().stream().filter(LeftOut::retryable).findFirst().orElse(left.values().iterator().next());
        CallFailed.Details last = run.calls().failure();
        if (last != null && !why.retryable() && last.kind().is(FailureKind.Trait.RETRYABLE)) {
            return new Failure(last.kind().toString(), "no model answered; the last one: " + last.message() + "; left out: " + words, true);
        }
        return new Failure(why.toString(), "no model is left to call: " + words, why.retryable());
    }
}
