package io.promptroutes.route;

import io.promptroutes.flow.Run;
import io.promptroutes.flow.Run.Decision;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Task;
import io.promptroutes.routing.Chain;
import io.promptroutes.routing.ChainBuilder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Turns what the routers put into variables (task, settings, models, tier, reason) into the prompt's chain. Thread-safe. */
final class BuildRun implements Processor {

    private final ChainBuilder chains;

    BuildRun(ChainBuilder chains) {
        this.chains = chains;
    }

    @Override
    public void process(Exchange exchange) {
        Prompt prompt = exchange.getVariable("prompt", Prompt.class);
        List<String> rejected = new ArrayList<>(0);
        Chain chain = chains.build(prompt, models(exchange, prompt), rejected);
        Task task = Task.valueOf(exchange.getVariable("task", String.class).toUpperCase(Locale.ROOT));
        Decision decision = new Decision(
                exchange.getVariable("tier", String.class),
                exchange.getVariable("reason", String.class),
                new BigDecimal(exchange.getVariable("temperature", String.class)),
                exchange.getVariable("maxTokens", Integer.class),
                rejected,
                exchange.getVariable("confidence", Double.class),
                reasons(exchange));
        exchange.setVariable("run", new Run(prompt, task, chain, decision));
        exchange.getMessage().setBody(null);
    }

    /** Why the task is what it is; empty where the request names it. */
    @SuppressWarnings("unchecked")
    private static List<String> reasons(Exchange exchange) {
        List<String> reasons = exchange.getVariable("reasons", List.class);
        return reasons == null ? List.of() : reasons;
    }

    /** The request's own models where the routers chose none. */
    private static List<String> models(Exchange exchange, Prompt prompt) {
        String chosen = exchange.getVariable("models", String.class);
        if (chosen != null) {
            return split(chosen);
        }
        List<String> own = new ArrayList<>();
        if (prompt.model() != null) {
            own.add(prompt.model());
        }
        own.addAll(prompt.models());
        return own;
    }

    static List<String> split(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).filter(one -> !one.isEmpty()).toList();
    }
}
