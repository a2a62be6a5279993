package io.promptroutes.route;

import io.promptroutes.flow.Decision;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.Run;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.routing.Chain;
import io.promptroutes.routing.ChainBuilder;
import io.promptroutes.routing.Choice;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns what the routers put into variables (task, settings, models, tier, reason) into the prompt's chain. It has failed
 * where no model can or may be called. Thread-safe.
 *
 * @param limited  whether any budget is set by now, so that no call may be without a cap
 * @param deadline over all attempts of a prompt
 * @param tasks    by name: their settings hold where the routes set no other {@code temperature} and {@code maxTokens}
 */
record BuildRun(ChainBuilder chains, BooleanSupplier limited, Duration deadline, Map<String, Options.TaskSettings> tasks) implements Processor {

    /** What the routers went by, which nobody asks for any more: whatever hands the prompt on would copy it. */
    private static final List<String> CHOSEN_BY = List.of("text", "strategy", "signs", "reasons", "likeliest", "confidence", "budget", "quality", "complexity",
            "comparison", "freeOnly", "tier", "reason", "maxTokens", "temperature", "first", "task");

    @Override
    public void process(Exchange exchange) {
        Prompt prompt = exchange.getVariable("prompt", Prompt.class);
        String task = exchange.getVariable("task", String.class);
        Options.TaskSettings usual = tasks.get(task);
        if (usual == null) {
            throw new IllegalArgumentException("a route found task " + task + ", which has no keys tasks." + task + ".*");
        }
        Integer cap = exchange.getVariable("maxTokens", Integer.class);
        int maxTokens = cap == null ? usual.maxTokens() : cap;
        String temperature = exchange.getVariable("temperature", String.class);
        Choice choice = chains.build(prompt, models(exchange, prompt), maxTokens);
        boolean capped = !prompt.openAi() || limited.getAsBoolean() || prompt.maxCostCents() != null;
        Decision decision = new Decision(
                exchange.getVariable("tier", String.class),
                exchange.getVariable("reason", String.class),
                prompt.openAi() ? null : temperature == null ? usual.temperature() : new BigDecimal(temperature),
                capped ? maxTokens : null,
                choice,
                exchange.getVariable("confidence", Double.class),
                reasons(exchange));
        List<String> models = choice.models().isEmpty() ? List.of("(none)") : choice.models(); // of a refusal
        String requested = choice.wanted().isEmpty() ? models.get(0) : own(prompt).get(0);
        Run run = new Run(choice.prompt(), task, new Chain(models, deadline, choice.freeOnly(), requested, choice.instead()), decision);
        if (choice.refusal() != null) {
            run.fail(new Failure(choice.refusal().code(), choice.refusal().message(), false));
        }
        exchange.setVariable("next", choice.refusal() == null ? Outcome.QUEUE : Outcome.FAILED);
        exchange.setVariable("run", run);
        exchange.getMessage().setBody(null);
        CHOSEN_BY.forEach(exchange::removeVariable);
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
            List<String> models = split(chosen);
            if ("second".equals(exchange.getVariable("first")) && models.size() > 1) {
                Collections.swap(models, 0, 1);
            }
            return models;
        }
        return own(prompt);
    }

    private static List<String> own(Prompt prompt) {
        List<String> own = new ArrayList<>();
        if (prompt.model() != null) {
            own.add(prompt.model());
        }
        own.addAll(prompt.models());
        return own;
    }

    private static List<String> split(String list) {
        List<String> models = new ArrayList<>();
        for (String one : list.split(",")) {
            String model = one.strip();
            if (!model.isEmpty() && !models.contains(model)) {
                models.add(model);
            }
        }
        return models;
    }
}
