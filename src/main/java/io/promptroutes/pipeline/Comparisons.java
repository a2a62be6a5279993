package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Finish;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.message.Comparison;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.Chain;
import io.promptroutes.model.Cost;
import io.promptroutes.model.CostSource;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.telemetry.PromptSpans;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * The steps of routes/engine/compare.camel.yaml. A branch is a run of its own with a chain of one model, and a work of its own in the ledger:
 * after a stop, branches that were answered are not called again. Thread-safe.
 *
 * @param ledger  null where there is none
 * @param timeout of a branch, from its first call on
 */
public record Comparisons(Catalogue catalogue, Ledger ledger, AdmissionGate intake, Duration timeout) {

    /**
     * Exchange variable {@code branches}.
     *
     * @param models that are asked, each by its branch
     * @param whole  what the prompt's exchange holds, for the result of all
     */
    public record Branches(String id, List<String> models, Map<String, Object> whole) {
    }

    void open(Exchange exchange) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        exchange.setVariable(Variables.BRANCHES, new Branches(exchange.getExchangeId(), List.copyOf(run.chain().models()),
                new HashMap<>(exchange.getVariables())));
        Backstop.over(exchange);
    }

    /** Makes the exchange, whose body is a model, that model's branch. */
    void branchOff(Exchange exchange) {
        String model = exchange.getMessage().getBody(String.class);
        PromptContext whole = exchange.getVariable(Variables.RUN, PromptContext.class);
        exchange.setVariable(Variables.RUN, new PromptContext(whole.prompt(), whole.task(), new Chain(List.of(model), timeout, catalogue.free(model), model, null),
                whole.decision().alone(model)));
        exchange.setVariable(Variables.PASSAGE, exchange.getVariable(Variables.PASSAGE, PromptSpans.class).branch());
        exchange.getMessage().setBody(null);
        new Backstop().behind(exchange);
    }

    /** Of the branch's work, from that of the prompt's. */
    static String identity(Prompt whole, String model) {
        return model == null ? whole.identity() : whole.identity() + '\0' + model;
    }

    /** The branch's call, if there was one, is over and safe. */
    void leave(Exchange exchange) {
        Backstop.over(exchange);
        intake.called(exchange.getVariable(Variables.RUN, PromptContext.class).permit());
    }

    /**
     * All branches are over, the body is their exchanges. It becomes the joined result, unless no model answered, the prompt is given up, or
     * another process has joined them meanwhile.
     */
    void join(Exchange exchange) throws IOException {
        List<?> over = exchange.getMessage().getBody(List.class);
        exchange.getMessage().setBody(null);
        ((Exchange) over.get(0)).getVariable(Variables.BRANCHES, Branches.class).whole().forEach(exchange::setVariable);
        new Backstop().behind(exchange);
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        Map<String, JsonNode> branches = new HashMap<>();
        for (Object one : over) {
            if (((Exchange) one).getVariable(Variables.NEXT) == Outcome.GIVEN_UP) {
                exchange.setVariable(Variables.NEXT, Outcome.GIVEN_UP);
                return;
            }
            byte[] json = ((Exchange) one).getMessage().getBody(byte[].class);
            PromptContext branch = ((Exchange) one).getVariable(Variables.RUN, PromptContext.class);
            branch.chain().attempts().forEach(run.chain()::note);
            branches.put(branch.decision().branch(), Json.MAPPER.readTree(json));
        }
        Comparison comparison = new Comparison(run.chain().models().stream().map(model -> new Comparison.Branch(model, branches.get(model))).toList());
        comparison.branches().forEach(branch -> book(run, branch.model(), branch.outcome()));
        exchange.setVariable(Variables.NEXT, comparison.answers().isEmpty() ? failed(exchange, run, comparison) : answered(exchange, run, comparison));
    }

    private static void book(PromptContext run, String model, JsonNode outcome) {
        if (outcome.path("cost_usd").isNumber()) {
            CostSource source = CostSource.valueOf(outcome.get("cost_source").asText().toUpperCase(Locale.ROOT));
            run.bill().add(new Cost(outcome.get("cost_usd").decimalValue(), source), model);
        }
        for (int unknown = outcome.path("calls_of_unknown_cost").asInt(); unknown > 0; unknown--) {
            run.bill().add(new Cost(null, null), model);
        }
    }

    private Outcome answered(Exchange exchange, PromptContext run, Comparison comparison) {
        byte[] result = comparison.result(run);
        Finish finish = SettleCall.again(run, Finish.answered(result, null, run.bill().spent()));
        if (run.entry().work() != null && !Durable.result(ledger.finish(run.entry().work(), finish)).stored()) {
            run.entry().forget();
            return Outcome.LOOK_UP;
        }
        exchange.getMessage().setBody(result);
        return Outcome.ANSWERED;
    }

    private static Outcome failed(Exchange exchange, PromptContext run, Comparison comparison) {
        List<String> why = new ArrayList<>();
        JsonNode last = null;
        boolean retryable = false;
        for (Comparison.Branch branch : comparison.branches()) {
            last = branch.outcome().path("error");
            retryable |= last.path("retryable").asBoolean();
            why.add(branch.model() + ": " + last.path("code").asText() + ", " + last.path("message").asText());
        }
        run.calls().fail(new Failure(last.path("code").asText(), "no model of the comparison answered; " + String.join("; ", why), retryable));
        return Outcome.FAILED;
    }
}
