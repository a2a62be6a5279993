package io.promptroutes.routing;

import io.promptroutes.cost.Catalogue;
import io.promptroutes.prompt.Budget;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes the chain of models for a prompt out of what the routes chose and the standard fallbacks. Thread-safe. */
public final class ChainBuilder {

    private final Catalogue catalogue;
    private final List<String> fallbacks;
    private final List<String> freeModels;
    private final Duration deadline;

    /**
     * @param fallbacks  tried after the chosen models, each once
     * @param freeModels what a prompt that starts on a free model may fall back to
     */
    public ChainBuilder(Catalogue catalogue, List<String> fallbacks, List<String> freeModels, Duration deadline) {
        this.catalogue = catalogue;
        this.fallbacks = List.copyOf(fallbacks);
        this.freeModels = List.copyOf(freeModels);
        this.deadline = deadline;
    }

    /**
     * @param chosen   models in order, best first; at least one
     * @param rejected receives the models that were passed over, each with the reason
     */
    public Chain build(Prompt prompt, List<String> chosen, List<String> rejected) {
        Set<String> models = new LinkedHashSet<>(chosen);
        models.addAll(fallbacks);
        String first = chosen.get(0);
        boolean freeOnly = freeOnly(prompt, first);
        if (freeOnly) {
            models.removeIf(model -> {
                if (catalogue.free(model)) {
                    return false;
                }
                if (chosen.contains(model)) {
                    rejected.add(model + ": costs money, and the prompt starts on a free model without allow_paid");
                }
                return true;
            });
            freeModels.stream().filter(catalogue::free).forEach(models::add);
        }
        return new Chain(listedFirst(models, rejected), deadline, freeOnly);
    }

    /** Nobody is to pay because something free was busy. */
    private boolean freeOnly(Prompt prompt, String first) {
        if (prompt.strategy() == Strategy.FREE) {
            return prompt.freeOnly();
        }
        boolean asked = prompt.strategy() == Strategy.SMART && prompt.budget() == Budget.FREE;
        return (asked || catalogue.free(first)) && !prompt.allowPaid();
    }

    /** Ids that OpenRouter does not list today are tried last; only its own list can say so, never the shipped copy. */
    private List<String> listedFirst(Set<String> models, List<String> rejected) {
        List<String> listed = new ArrayList<>(models.size());
        List<String> missing = new ArrayList<>();
        boolean live = catalogue.live();
        for (String model : models) {
            if (live && catalogue.find(model).isEmpty()) {
                missing.add(model);
                rejected.add(model + ": not listed by OpenRouter, tried last");
            } else {
                listed.add(model);
            }
        }
        listed.addAll(missing);
        return listed;
    }
}
