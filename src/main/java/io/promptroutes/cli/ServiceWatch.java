package io.promptroutes.cli;

import io.promptroutes.app.Engines;
import io.promptroutes.flow.PipelineStatistics;
import io.promptroutes.flow.ProviderStatus;
import io.promptroutes.ledger.BudgetState;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.model.Breakers;
import io.promptroutes.model.Usd;
import io.promptroutes.ops.Management;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.telemetry.Gauges;
import io.promptroutes.telemetry.Labels;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Looks after a running service on a schedule (routes/engine/management.camel.yaml), for its gauges and for what its health says beside reasons.
 * Thread-safe.
 */
final class ServiceWatch implements Processor {

    /** Before the first look. */
    private static final String NOT_YET = "not known yet";

    private final Management management;
    private final ServiceChecks checks;
    private final Engines engines;
    private final Ledger ledger;
    private final ProviderStatus reach;
    private final Breakers breakers;
    private final Gauges gauges;
    private volatile Gauges.State now = Gauges.State.NOTHING;

    /** @param ledger null where there is none */
    ServiceWatch(Management management, ServiceChecks checks, Ledger ledger, Engines engines, Labels labels) {
        this.management = management;
        this.checks = checks;
        this.engines = engines;
        this.ledger = ledger;
        reach = engines.main().beans().reach();
        breakers = engines.main().beans().breakers();
        gauges = new Gauges(management.meters(), labels);
        gauges.live(engines::paused, engines.tally(), checks::oldest);
        management.ready("openrouter", reach::unreachable);
        management.ready("key", reach::refusal);
        management.shows("credit", () -> words(reach.credit().entrySet().stream()
                .map(one -> "$" + Usd.plain(one.getValue()) + " left on the " + one.getKey()), "no limit is known"));
        management.shows("budgets", () -> words(now.budgets().stream().map(ServiceWatch::words), none()));
        management.shows("breakers", () -> words(open().stream().map(model -> model + " fails too often and is left out"), "all models are called"));
        management.shows("pipelines", () -> words(engines.pipelines().stream().map(ServiceWatch::words), none()));
        management.shows("lag", () -> words(now.lag().entrySet().stream().map(one -> one.getValue() + " records of " + one.getKey() + " are not finished"),
                now == Gauges.State.NOTHING ? NOT_YET : "there is no topic, or its broker does not say"));
    }

    private String none() {
        return now == Gauges.State.NOTHING ? NOT_YET : "there are none";
    }

    private static String words(Stream<String> all, String none) {
        String joined = all.collect(Collectors.joining("; "));
        return joined.isEmpty() ? none : joined;
    }

    private static String words(BudgetState budget) {
        return Gauges.name(budget) + ": $" + Usd.plain(budget.leftUsd()) + " of $" + Usd.plain(budget.limitUsd()) + " left";
    }

    private static String words(Pipeline pipeline) {
        PipelineStatistics counts = pipeline.statistics();
        return pipeline.name() + ": " + counts.taken() + " taken = " + counts.answered() + " answered + " + counts.deadLetters() + " dead letters + " + counts.left() + " left + "
                + counts.inFlight() + " in flight, the oldest for " + counts.oldest(Instant.now()).toSeconds() + " s"
                + (counts.passedOn() == 0 ? "" : "; beside them " + counts.passedOn() + " without a value passed");
    }

    private List<String> open() {
        return breakers.states().entrySet().stream().filter(one -> one.getValue().equals("open")).map(Map.Entry::getKey).toList();
    }

    @Override
    public void process(Exchange exchange) {
        Map<String, Boolean> ready = new TreeMap<>();
        management.checks().forEach((name, problem) -> ready.put(name, problem.get() == null));
        now = new Gauges.State(budgets(), checks.lag(), reach.credit(), open(), ready, underWay(), checks.failing());
        gauges.refresh(now);
    }

    private List<Gauges.UnderWay> underWay() {
        Instant at = Instant.now();
        return engines.pipelines().stream().map(one -> new Gauges.UnderWay(one.name(), one.statistics().inFlight(), one.statistics().oldest(at))).toList();
    }

    private List<BudgetState> budgets() {
        try {
            return ledger == null ? List.of() : ledger.history().current(LocalDate.now(ZoneOffset.UTC));
        } catch (LedgerUnavailable e) {
            return now.budgets(); // told by the check of the ledger
        }
    }
}
