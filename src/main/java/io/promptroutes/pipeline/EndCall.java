package io.promptroutes.pipeline;

import io.promptroutes.call.Answer;
import io.promptroutes.call.Billing;
import io.promptroutes.call.FailureKind;
import io.promptroutes.call.FinishReason;
import io.promptroutes.call.StructuredOutput;
import io.promptroutes.flow.AlarmStates;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.ProviderStatus;
import io.promptroutes.flow.TierRemark;
import io.promptroutes.flow.Variables;
import io.promptroutes.message.CostEvents;
import io.promptroutes.message.Results;
import io.promptroutes.model.Breakers;
import io.promptroutes.model.Choice;
import io.promptroutes.model.Cost;
import io.promptroutes.model.CostCalculator;
import io.promptroutes.model.Demand;
import io.promptroutes.model.Reservations;
import io.promptroutes.telemetry.PromptSpans;
import io.promptroutes.telemetry.Telemetry;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After every call, however it ended: works out what it cost, makes its cost event where it was or may have been billed, and the result where
 * it was answered. Thread-safe.
 *
 * @param alarms where it is noted that a model's usage was not believed, so that it is said once and not for each call
 */
record EndCall(CostCalculator costs, Reservations reservations, AlarmStates alarms, JobStatistics tally, Breakers breakers, ProviderStatus reach, Telemetry telemetry,
        Clock clock) implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(EndCall.class);

    @Override
    public void process(Exchange exchange) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        tally.calls(-1);
        Call call = run.calls().last();
        Cost cost = priced(run, call);
        if (cost != null) {
            book(run, call, cost);
        }
        count(call, run.chain().calledModel(), cost);
        boolean check = call.answer() != null && StructuredOutput.concerns(run.prompt().request(), call.answer());
        exchange.setVariable(Variables.NEXT, check ? Outcome.KEEP_ANSWER : Outcome.SETTLE);
        if (check) {
            messages(run, cost);
        } else {
            conclude(exchange, run, cost);
        }
    }

    /** The same once the answer was checked. */
    void checked(Exchange exchange) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        conclude(exchange, run, run.bill().last());
    }

    private void messages(PromptContext run, Cost cost) {
        Call call = run.calls().last();
        call.messages(cost == null ? null : CostEvents.of(run, cost, clock.instant()), call.answer() == null ? null : Results.answered(run));
    }

    private void conclude(Exchange exchange, PromptContext run, Cost cost) {
        if (run.calls().last().answer() != null && FinishReason.LENGTH.equals(run.calls().last().answer().finishReason())) {
            tally.note(JobStatistics.CUT);
        }
        TierRemark remark = run.calls().last().answer() == null ? null : TierRemark.of(run);
        if (remark != null) {
            tally.note(remark.counted());
        }
        messages(run, cost);
        telemetry.called(Pipeline.of(exchange).name(), exchange.getVariable(Variables.PASSAGE, PromptSpans.class), run, cost);
    }

    private void count(Call call, String model, Cost cost) {
        if (call.batched()) {
            breakers.undecided(model); // how batches fare says nothing of calls
            return;
        }
        if (call.paid() != null) {
            breakers.answered(model);
            reach.proved(call.started(), cost.usd() == null || cost.usd().signum() > 0);
        } else if (call.failure().kind().is(FailureKind.Trait.OF_THE_MODEL) && !call.withoutRoom()) {
            breakers.failed(model);
        } else {
            breakers.undecided(model);
        }
    }

    private void book(PromptContext run, Call call, Cost cost) {
        String model = run.chain().calledModel();
        call.counted(cost.instead());
        run.bill().add(cost, model);
        tally.cost(run, cost.usd());
        if (call.batched() && call.answer() != null && cost.usd() != null) {
            BigDecimal alone = call.usage() == null ? cost.usd() : costs.prices().of(model).price().cost(call.usage(), 0, clock.instant()).orElse(cost.usd());
            tally.inBatch(alone.subtract(cost.usd()));
        }
        if (cost.instead() != null && alarms.goesOn("usage of " + model)) {
            About.call(LOG.atWarn(), run, model, call.attempt(), null).log("{}: {} cannot have used and cost what its answer says; counted here, and not "
                    + "said again of this model (cost events have both)", run, model);
        }
    }

    /** Null where it was not billed. */
    private Cost priced(PromptContext run, Call call) {
        Answer answer = call.paid();
        if (call.known() != null) {
            return call.known();
        }
        if (answer == null && call.failure().billing() == Billing.NO) {
            return null;
        }
        if (answer == null && (call.failure().billing() == Billing.UNKNOWN || call.usage() == null)) {
            return new Cost(null, null);
        }
        String model = run.chain().calledModel();
        return costs.cost(new CostCalculator.Call(model, answer == null ? null : answer.model(), call.usage(),
                () -> new Demand(call.request().json(), costs.tokens()).tokens() + call.media().likelyTokens(), answer == null ? null : words(answer),
                () -> call.media().count("image"), expected(run, call, model), () -> call.bound(reservations, model)), clock.instant());
    }

    /** Of a prompt's first call; null for what nobody reckoned beforehand. */
    private static CostCalculator.Expected expected(PromptContext run, Call call, String model) {
        Choice.Estimate estimate = run.decision().choice().estimate();
        return call.attempt() > 1 || !model.equals(estimate.model()) ? null : new CostCalculator.Expected(estimate.usd(), estimate.promptTokens() + estimate.maxTokens());
    }

    /** All that was generated as text. */
    private static String words(Answer answer) {
        if (answer.reasoning() == null && answer.toolCalls() == null && answer.choices() == null) {
            return answer.text(); // as most are
        }
        List<String> others = answer.choices() == null ? List.of() : answer.choices().findValuesAsText("content");
        return Stream.concat(Stream.of(answer.reasoning(), answer.text(), answer.toolCalls()).filter(Objects::nonNull).map(Object::toString), others.stream())
                .collect(Collectors.joining());
    }
}
