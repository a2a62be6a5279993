package io.promptroutes.route;

import io.promptroutes.cost.Catalogue;
import io.promptroutes.cost.Model;
import io.promptroutes.cost.Price;
import io.promptroutes.cost.PriceList;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.Intake;
import io.promptroutes.flow.Run;
import io.promptroutes.flow.Tally;
import io.promptroutes.openrouter.ChatRequest;
import io.promptroutes.openrouter.FailureKind;
import io.promptroutes.routing.Breakers;
import io.promptroutes.routing.Chain;
import io.promptroutes.routing.ParkedModels;
import io.promptroutes.routing.RateLimits;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Prepares the next call of a run: its request is made, and variable {@code next} says {@code call}; or there is to be no call
 * now, and {@code next} says why ({@code wait}, {@code held}, {@code stopped}, {@code failed}). Thread-safe.
 */
final class PrepareCall implements Processor {

    private static final Price FREE = Price.perMillion(BigDecimal.ZERO, BigDecimal.ZERO);

    private final Intake intake;
    private final Catalogue catalogue;
    private final ParkedModels parked;
    private final Breakers breakers;
    private final RateLimits rates;
    private final PriceList prices;
    private final BooleanSupplier limited;
    private final ChatRequest request;
    private final Timeouts timeouts;
    private final Predicate<Exchange> mayStart;
    private final Clock clock;

    /**
     * @param plain     wall clock of one attempt
     * @param reasoning the same for a model that thinks first
     */
    record Timeouts(Duration plain, Duration reasoning) {
    }

    PrepareCall(Intake intake, Catalogue catalogue, ParkedModels parked, Breakers breakers, RateLimits rates, PriceList prices, BooleanSupplier limited,
            ChatRequest request, Timeouts timeouts, Predicate<Exchange> mayStart, Clock clock) {
        this.intake = intake;
        this.catalogue = catalogue;
        this.parked = parked;
        this.breakers = breakers;
        this.rates = rates;
        this.prices = prices;
        this.limited = limited;
        this.request = request;
        this.timeouts = timeouts;
        this.mayStart = mayStart;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) {
        exchange.setVariable("next", "call");
        Stopwatch.goesOn(exchange);
        if (!mayStart.test(exchange)) {
            exchange.setVariable("next", "given-up");
            return;
        }
        Run run = exchange.getVariable("run", Run.class);
        Instant now = clock.instant();
        if (impossible(run, now)) {
            exchange.setVariable("next", "failed");
        } else if (waits(exchange, run)) {
            exchange.setVariable("next", "wait");
        } else if (!intake.mayCall()) {
            run.chain().held(now);
            exchange.setVariable("next", intake.stopped() ? "stopped" : "held");
        } else {
            run.entered();
            Chain chain = run.chain();
            Model facts = catalogue.find(chain.model()).orElse(null);
            ChatRequest.Ours ours = new ChatRequest.Ours(run.decision().temperature(), run.decision().maxTokens(), chain.raisedCap(), chain.outputCap(),
                    ceiling(run, chain.model()));
            run.prepare(request.body(run.fields(), chain.model(), facts, ours),
                    reasons(run, facts) ? timeouts.reasoning() : timeouts.plain());
        }
    }

    /** Under a budget the list price is to be a bound, whichever provider serves the model; for a free prompt it is nothing. */
    private Price ceiling(Run run, String model) {
        if (run.chain().freeOnly()) {
            return FREE;
        }
        PriceList.Entry entry = prices.of(model);
        return limited.getAsBoolean() && entry.origin() == PriceList.Origin.CATALOGUE ? entry.price().dearest(run.prompt().raw().length) : null;
    }

    /** Under a limit per minute its turn may be yet to come. */
    private boolean waits(Exchange exchange, Run run) {
        if (!run.takeTurn()) {
            return false;
        }
        long wait = rates.reserve(run.chain().model()).toMillis();
        exchange.setVariable("delay", wait);
        exchange.setVariable("waits", Tally.REQUESTS_PER_MINUTE);
        return wait > 0;
    }

    private boolean impossible(Run run, Instant now) {
        Chain chain = run.chain();
        if (chain.late(now)) {
            run.fail(new Failure("deadline_exceeded", "the prompt's deadline was over before a model answered", true));
            return true;
        }
        if (chain.freeOnly() && !catalogue.free(chain.model())) {
            chain.nextWhere(catalogue::free); // it was free when the chain was made
            if (chain.step() == Chain.Step.FAILED) {
                run.fail(new Failure(FailureKind.MODEL_GONE.toString(), "no free model is left to call", true));
                return true;
            }
        }
        if (!run.mayCost(chain.model())) {
            chain.nextWhere(run::mayCost);
            if (chain.step() == Chain.Step.FAILED) {
                run.fail(new Failure("max_cost", "after what was called no model is left within max_cost_cents "
                        + run.prompt().maxCostCents().toPlainString(), false));
                return true;
            }
        }
        if (parked.parked(chain.model())) {
            String left = chain.model();
            chain.nextWhere(model -> !parked.parked(model) && (!chain.freeOnly() || catalogue.free(model)));
            if (chain.step() == Chain.Step.FAILED) {
                FailureKind kind = parked.free(left) ? FailureKind.FREE_LIMIT : FailureKind.MODEL_GONE;
                run.fail(new Failure(kind.toString(), "no model is left to call: " + left + " and those after it are left out for now",
                        true));
                return true;
            }
        }
        for (String model : chain.postpone(breakers::open)) {
            run.decision().rejected().add(model + ": fails too often for now (circuit breaker), tried after the others");
        }
        return false;
    }

    private static boolean reasons(Run run, Model facts) {
        return run.prompt().request().hasNonNull("reasoning") || facts != null && facts.reasoning() != null && facts.reasoning().unasked();
    }
}
