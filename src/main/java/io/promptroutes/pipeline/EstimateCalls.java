package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.flow.BatchChoice;
import io.promptroutes.flow.Estimate;
import io.promptroutes.flow.Estimate.Range;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.Demand;
import io.promptroutes.model.Media;
import io.promptroutes.model.Model;
import io.promptroutes.model.Price;
import io.promptroutes.model.PriceList;
import io.promptroutes.model.Reservations;
import io.promptroutes.model.TokenCounter;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.ServiceTier;
import io.promptroutes.prompt.Strategy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * In place of a prompt's first call, or of the calls of a comparison: adds up what they would cost. Nothing is called or claimed. Thread-safe.
 *
 * @param reservations that bound every call, also one of unknown price
 * @param ledger       whose answers are not called for again; null where there is none
 */
public record EstimateCalls(Estimate estimate, Catalogue catalogue, PriceList prices, Reservations reservations, ChatRequest request, Ledger ledger,
        AnswerLengths lengths, JobStatistics tally) implements Processor {

    private static final TokenCounter COUNTER = new TokenCounter();

    @Override
    public void process(Exchange exchange) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        boolean compare = run.prompt().strategy() == Strategy.COMPARE;
        boolean fedInAgain = exchange.getVariable(Variables.ARRIVAL, Inbound.class).holds(run.prompt());
        Prompt asked = exchange.getVariable(Variables.PROMPT, Prompt.class);
        boolean ended = ended(exchange, asked, asked.identity(), fedInAgain);
        long tokens = ended ? 0 : new Demand(run.prompt().request(), COUNTER).tokens() + Media.of(run.prompt().request()).likelyTokens();
        for (String model : compare ? run.chain().models() : List.of(run.chain().model())) {
            boolean done = ended || compare && ended(exchange, asked, Comparisons.identity(asked, model), fedInAgain);
            String tier = run.decision().tier();
            estimate.add(done ? new Estimate.Row(run.task(), tier, model, 0, 1, 0, 0, 0, Range.NOTHING) : call(run, tier, model, tokens));
        }
        tally.answeredAgain();
        Pipeline.of(exchange).window().finish(exchange.getVariable(Variables.ARRIVAL, Inbound.class).length());
    }

    /** Whether an earlier run has its answer, or a dead letter that stands. */
    private boolean ended(Exchange exchange, Prompt prompt, String identity, boolean fedInAgain) {
        LedgerPolicy policy = Pipeline.of(exchange).policy();
        if (ledger == null || policy.fresh()) {
            return false;
        }
        return ledger.history().ended(policy.work(prompt, identity), policy.job()).map(answered -> !policy.again(answered, fedInAgain)).orElse(false);
    }

    private Estimate.Row call(PromptContext run, String tier, String model, long tokens) {
        ObjectNode body = run.prompt().request();
        Model facts = catalogue.find(model).orElse(null);
        int cap = request.cap(body, model, facts, run.decision().maxTokens());
        int answers = Math.max(1, body.path("n").asInt(1));
        AnswerLengths.Guess length = lengths.of(run.task(), facts == null ? model : facts.id(), cap);
        PriceList.Entry entry = prices.of(model);
        if (entry.origin() == PriceList.Origin.UNKNOWN) {
            estimate.unknownPrice();
        }
        Range usd = new Range(cost(entry.price(), tokens, length.low() * answers), cost(entry.price(), tokens, length.expected() * answers),
                reservations.ofBytes(model, body, Json.bytes(body).length, cap).usd());
        Model batch = ServiceTier.asked(body) != ServiceTier.BATCH ? null : catalogue.find(BatchChoice.row(model)).filter(row -> row.id().equals(BatchChoice.row(model))).orElse(null);
        if (batch != null) {
            estimate.batch(usd.expected(), cost(batch.price(), tokens, length.expected() * answers).min(usd.expected()));
        }
        return new Estimate.Row(run.task(), tier, model, 1, 0, length.measured() ? 1 : 0, tokens, length.expected() * answers, usd);
    }

    private static BigDecimal cost(Price price, long in, long out) {
        return price.cost(in, out, 0, Instant.now()).orElse(BigDecimal.ZERO);
    }
}
