package io.promptroutes.pipeline;

import io.promptroutes.flow.Decision;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.model.Chain;
import io.promptroutes.model.ChainBuilder;
import io.promptroutes.model.Choice;
import io.promptroutes.prompt.Prompt;
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
    private static final List<String> CHOSEN_BY = List.of(Variables.STRATEGY, Variables.TEXT, Variables.DETECTION, Variables.TASK, Variables.FIRST, Variables.TIER, Variables.REASON,
            Variables.TEMPERATURE, Variables.MAX_TOKENS);

    @Override
    public void process(Exchange exchange) {
        Prompt prompt = exchange.getVariable(Variables.PROMPT, Prompt.class);
        String task = exchange.getVariable(Variables.TASK, String.class);
        Options.TaskSettings usual = tasks.get(task);
        if (usual == null) {
            throw new IllegalArgumentException("a route found task " + task + ", which has no keys tasks." + task + ".*");
        }
        Integer cap = exchange.getVariable(Variables.MAX_TOKENS, Integer.class);
        int maxTokens = cap == null ? usual.maxTokens() : cap;
        String temperature = exchange.getVariable(Variables.TEMPERATURE, String.class);
        Choice choice = chains.build(prompt, models(exchange, prompt), maxTokens);
        boolean capped = !prompt.openAi() || limited.getAsBoolean() || prompt.maxCostCents() != null;
        TaskDetection.Found found = exchange.getVariable(Variables.DETECTION, TaskDetection.Found.class); // null where the request names its task
        Decision decision = new Decision(
                exchange.getVariable(Variables.TIER, String.class),
                exchange.getVariable(Variables.REASON, String.class),
                prompt.openAi() ? null : temperature == null ? usual.temperature() : new BigDecimal(temperature),
                capped ? maxTokens : null,
                choice,
                found == null ? null : found.confidence(),
                found == null ? List.of() : found.reasons(),
                null);
        List<String> models = choice.models().isEmpty() ? List.of("(none)") : choice.models(); // of a refusal
        String requested = choice.wanted().isEmpty() ? models.get(0) : own(prompt).get(0);
        PromptContext run = new PromptContext(choice.prompt(), task, new Chain(models, deadline, choice.freeOnly(), requested, choice.instead()), decision);
        if (choice.refusal() != null) {
            run.calls().fail(new Failure(choice.refusal().code(), choice.refusal().message(), false));
        }
        exchange.setVariable(Variables.NEXT, choice.refusal() == null ? Outcome.QUEUE : Outcome.FAILED);
        exchange.setVariable(Variables.RUN, run);
        exchange.getMessage().setBody(null);
        CHOSEN_BY.forEach(exchange::removeVariable);
    }

    /** The request's own models where the routers chose none. */
    private static List<String> models(Exchange exchange, Prompt prompt) {
        String chosen = exchange.getVariable(Variables.MODELS, String.class);
        if (chosen != null) {
            List<String> models = split(chosen);
            if ("second".equals(exchange.getVariable(Variables.FIRST)) && models.size() > 1) {
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
