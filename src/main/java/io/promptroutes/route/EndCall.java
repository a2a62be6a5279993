package io.promptroutes.route;

import io.promptroutes.cost.Cost;
import io.promptroutes.cost.CostCalculator;
import io.promptroutes.flow.Reach;
import io.promptroutes.flow.Run;
import io.promptroutes.flow.Tally;
import io.promptroutes.openrouter.Answer;
import io.promptroutes.openrouter.Billing;
import io.promptroutes.openrouter.CallFailed;
import io.promptroutes.openrouter.FailureKind;
import io.promptroutes.publish.CostEvents;
import io.promptroutes.publish.Results;
import io.promptroutes.routing.Breakers;
import io.promptroutes.routing.Chain;
import io.promptroutes.telemetry.Passage;
import io.promptroutes.telemetry.Telemetry;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * After every call, however it ended: works out what it cost, makes its cost event where it was or may have been billed (variable
 * {@code event}, else null) and the result where it was answered ({@code result}), and puts what follows into {@code next} and
 * {@code delay}. Thread-safe.
 */
final class EndCall implements Processor {

    /** What a model's circuit breaker counts: neither the request nor the account was at fault. */
    private static final Set<FailureKind> OF_THE_MODEL = EnumSet.of(FailureKind.PROVIDER_ERROR, FailureKind.TIMEOUT, FailureKind.CONNECTION,
            FailureKind.INVALID_ANSWER);

    private final CostCalculator costs;
    private final Tally tally;
    private final Breakers breakers;
    private final Reach reach;
    private final Telemetry telemetry;
    private final Clock clock;

    EndCall(CostCalculator costs, Tally tally, Breakers breakers, Reach reach, Telemetry telemetry, Clock clock) {
        this.costs = costs;
        this.tally = tally;
        this.breakers = breakers;
        this.reach = reach;
        this.telemetry = telemetry;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) {
        Run run = exchange.getVariable("run", Run.class);
        tally.calls(-1);
        Cost cost = run.paid() != null ? priced(run, run.paid()) : priced(run, run.failure());
        exchange.setVariable("event", cost == null ? null : event(run, cost));
        exchange.setVariable("result", run.answer() == null ? null : Results.answered(run));
        Chain.Step step = run.chain().step();
        exchange.setVariable("next", step == Chain.Step.CALL ? "queue" : step.name().toLowerCase(Locale.ROOT));
        if (step == Chain.Step.WAIT) {
            exchange.setVariable("delay", run.chain().delay().toMillis());
            exchange.setVariable("waits", run.failure().kind().toString());
        }
        count(run);
        telemetry.called(exchange.getVariable(Passage.VARIABLE, Passage.class), run, cost);
    }

    private void count(Run run) {
        String model = run.chain().calledModel();
        if (run.paid() != null) {
            breakers.answered(model);
            reach.proved();
        } else if (OF_THE_MODEL.contains(run.failure().kind())) {
            breakers.failed(model);
        } else {
            breakers.undecided(model);
        }
    }

    private byte[] event(Run run, Cost cost) {
        run.spend(cost);
        tally.cost(run, cost.usd());
        return CostEvents.of(run, cost, clock.instant());
    }

    private Cost priced(Run run, Answer answer) {
        String text = answer.reasoning() == null ? answer.text() : answer.reasoning() + answer.text();
        return costs.cost(new CostCalculator.Call(run.chain().calledModel(), answer.model(), answer.usage(),
                () -> run.fields().get("messages").toString(), text, 0), clock.instant());
    }

    private Cost priced(Run run, CallFailed.Details failure) {
        if (failure.billing() == Billing.NO) {
            return null;
        }
        if (failure.billing() == Billing.UNKNOWN || failure.usage() == null) {
            return new Cost(null, null);
        }
        return costs.cost(new CostCalculator.Call(run.chain().calledModel(), null, failure.usage(), () -> "", "", 0), clock.instant());
    }
}
