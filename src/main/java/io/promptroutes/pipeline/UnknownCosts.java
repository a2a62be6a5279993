package io.promptroutes.pipeline;

import io.promptroutes.call.Generation;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.KeptEvent;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.ledger.OpenClaim;
import io.promptroutes.message.CostEvents;
import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls whose cost is not known and whose generation id is: the beans of routes/engine/generations.camel.yaml. Thread-safe.
 *
 * @param jobs whose calls are looked up
 * @param job  whose output takes their events; null where that is a topic
 * @param sendsCosts whether there is one
 */
public record UnknownCosts(Ledger ledger, Supplier<? extends Collection<String>> jobs, Job job, boolean sendsCosts, JobStatistics tally, Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(UnknownCosts.class);
    /** OpenRouter needs a while to have a generation, and longer for one whose connection broke; after this it never will. */
    private static final Duration WORTH_ASKING = Duration.ofHours(1);
    private static final int AT_A_TIME = 200;

    /** Makes them the body, a list; empty where the ledger cannot be had, which the prompts' way tells. */
    void list(Exchange exchange) {
        List<OpenClaim> calls = List.of();
        try {
            calls = ledger == null ? calls : ledger.history().unresolved(jobs.get(), clock.instant().minus(WORTH_ASKING), AT_A_TIME);
        } catch (LedgerUnavailable e) {
            LOG.debug("calls of unknown cost are not looked up: {}", e.getMessage());
        }
        exchange.getMessage().setBody(calls);
    }

    /**
     * Exchange variable {@code call}.
     *
     * @param usd   what it has turned out to cost; null while nobody knows
     * @param event that says so
     */
    public record Asked(OpenClaim claim, BigDecimal usd, byte[] event) {

        /** For the address. */
        public String generationId() {
            return claim.generationId();
        }
    }

    /** The call that is the body is asked about. */
    void ask(Exchange exchange) {
        exchange.setVariable(Variables.CALL, new Asked(exchange.getMessage().getBody(OpenClaim.class), null, null));
        if (job != null) {
            exchange.setVariable(Variables.JOB, job);
        }
    }

    /** Reads what {@code GET /generation} says of it. */
    void read(Exchange exchange) {
        OpenClaim call = exchange.getVariable(Variables.CALL, Asked.class).claim();
        Generation generation = Generation.read(Json.tree(exchange.getMessage().getBody(byte[].class)));
        if (generation != null) {
            exchange.setVariable(Variables.CALL, new Asked(call, Usd.of(generation.costUsd()), CostEvents.lookedUp(call, generation, clock.instant())));
        }
    }

    /** What it has cost counts from now on. */
    void book(Exchange exchange) {
        Asked call = exchange.getVariable(Variables.CALL, Asked.class);
        KeptEvent event = new KeptEvent(call.event(), true, sendsCosts && Job.sendsCosts(exchange));
        if (Durable.result(ledger.resolve(call.claim().claimId(), call.usd(), CostSource.REPORTED, event)).applied()) {
            tally.lookedUp(call.usd());
        }
    }
}
