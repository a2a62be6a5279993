package io.promptroutes.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.Choice.Estimate;
import io.promptroutes.model.Choice.Refusal;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Strategy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Decides which models a prompt may be sent to, out of what the routes chose and the standard fallbacks: those that can do it, by the
 * catalogue, and that may cost so much. Models that the catalogue does not have are given the benefit of the doubt. Thread-safe.
 */
public final class ChainBuilder {

    private final Catalogue catalogue;
    private final ModelAliases aliases;
    private final Candidates candidates;
    private final TokenCounter counter;
    private final OutputCap caps;
    private final Spendable spendable;

    /** How many output tokens a call will ask for. */
    @FunctionalInterface
    public interface OutputCap {

        /** @param facts null where the catalogue does not have the model @param maxTokens where the request names none */
        int of(ObjectNode request, String model, Model facts, int maxTokens);
    }

    /**
     * @param aliases    what a request's names of models mean
     * @param fallbacks  tried after the chosen models, each once
     * @param freeModels what a prompt that starts on a free model may fall back to
     */
    public ChainBuilder(Catalogue catalogue, ModelAliases aliases, PriceList prices, Reservations reservations, TokenCounter counter, OutputCap caps,
            List<String> fallbacks, List<String> freeModels) {
        this.catalogue = catalogue;
        this.aliases = aliases;
        this.candidates = new Candidates(catalogue, prices, fallbacks, freeModels);
        this.counter = counter;
        this.caps = caps;
        this.spendable = new Spendable(catalogue, reservations, new Shortening(counter));
    }

    /**
     * @param chosen    models in order, best first
     * @param maxTokens output tokens where the request names no number
     */
    public Choice build(Prompt prompt, List<String> chosen, int maxTokens) {
        List<String> rejected = new ArrayList<>(0);
        Set<String> wanted = new LinkedHashSet<>();
        for (String name : prompt.strategy() == Strategy.EXPLICIT ? chosen : List.<String>of()) {
            List<String> ids = aliases.of(name);
            if (ids.size() > 1) {
                return refused(prompt, ids, rejected, new Refusal("ambiguous_model", name + " may be " + String.join(" or ", ids)
                        + ": name the one that is meant, or set the key models.alias." + name));
            }
            wanted.addAll(ids);
        }
        List<String> listed = candidates.of(prompt, wanted.isEmpty() ? chosen : List.copyOf(wanted), wanted, rejected);
        Job job = new Job(prompt, new Demand(prompt.request(), counter), maxTokens);
        List<String> capable = passing(listed, model -> lacks(job, model), rejected);
        List<String> able = prompt.strategy() == Strategy.FIT ? capable : passing(capable, model -> tooLong(job, model), rejected);
        if (able.isEmpty()) {
            return refused(prompt, listed.isEmpty() ? chosen : listed, rejected, refusal(job, capable, rejected));
        }
        if (prompt.maxCostCents() == null) {
            return choice(job, able, wanted, rejected, Map.of(), 0);
        }
        Spendable.Within within = spendable.of(job, able, rejected, this);
        return within.refusal() != null ? refused(prompt, able, rejected, within.refusal())
                : choice(within.job(), within.models(), wanted, rejected, within.worst(), within.truncatedTokens());
    }

    /** A prompt and what it demands, as it is sent or would be. */
    record Job(Prompt prompt, Demand demand, int maxTokens, Map<String, Integer> caps) {

        Job(Prompt prompt, Demand demand, int maxTokens) {
            this(prompt, demand, maxTokens, new HashMap<>());
        }
    }

    Job shortened(Job job, ObjectNode request) {
        return new Job(job.prompt().with(request), new Demand(request, counter), job.maxTokens());
    }

    int cap(Job job, String model) {
        return job.caps().computeIfAbsent(model, id -> caps.of(job.prompt().request(), id, catalogue.find(id).orElse(null), job.maxTokens()));
    }

    private static List<String> passing(List<String> models, UnaryOperator<String> against, List<String> rejected) {
        List<String> passing = new ArrayList<>(models.size());
        for (String model : models) {
            String reason = against.apply(model);
            if (reason == null) {
                passing.add(model);
            } else {
                rejected.add(model + ": " + reason);
            }
        }
        return passing;
    }

    private String lacks(Job job, String model) {
        return catalogue.find(model).map(facts -> job.demand().lacks(facts, cap(job, model))).orElse(null);
    }

    /** Null where it is not. */
    String tooLong(Job job, String model) {
        Optional<Model> facts = catalogue.find(model).filter(one -> job.demand().tooLong(one, cap(job, model)));
        return facts.map(one -> "has a context of " + one.contextLength() + " tokens, and prompt and answer need about "
                + (job.demand().tokens() + cap(job, model))).orElse(null);
    }

    private Choice choice(Job job, List<String> models, Set<String> wanted, List<String> rejected, Map<String, BigDecimal> worst, long truncated) {
        String first = models.get(0);
        boolean one = job.prompt().strategy() != Strategy.COMPARE;
        BigDecimal usd = BigDecimal.ZERO;
        for (String model : one ? List.of(first) : models) {
            usd = usd.add(spendable.worst(job, model, cap(job, model)));
        }
        Estimate estimate = new Estimate(one ? first : null, usd, job.demand().tokensAtMost(), cap(job, first),
                "estimate of the worst case, " + (job.demand().counted() ? "prompt tokens counted here" : "a prompt token for each byte"));
        Supplier<List<String>> free = () -> candidates.freeModels().stream().filter(model -> lacks(job, model) == null && tooLong(job, model) == null).toList();
        return new Choice(job.prompt(), models, candidates.freeOnly(job.prompt(), first), free, rejected, estimate, worst, truncated, wanted,
                wanted.isEmpty() ? null : instead(job, wanted.iterator().next(), first), null);
    }

    /** Null where the wanted model is the first one. */
    private LeftOut instead(Job job, String wanted, String first) {
        if (wanted.equals(first)) {
            return null;
        }
        return lacks(job, wanted) != null ? LeftOut.NOT_CAPABLE : tooLong(job, wanted) != null ? LeftOut.CONTEXT_LENGTH : LeftOut.MAX_COST;
    }

    private static Choice refused(Prompt prompt, List<String> models, List<String> rejected, Refusal refusal) {
        return new Choice(prompt, models, false, List::of, rejected, null, Map.of(), 0, Set.of(), null, refusal);
    }

    private Refusal refusal(Job job, List<String> tooShort, List<String> rejected) {
        if (tooShort.isEmpty()) {
            return new Refusal("no_capable_model", rejected.isEmpty() ? "there is no model to call: name one in the request, or in the keys models.*"
                    : "no model of the chain can do this: " + String.join("; ", rejected));
        }
        Model best = longest(tooShort.stream().flatMap(model -> catalogue.find(model).stream()).toList());
        Model longest = longest(catalogue.all().stream().filter(model -> catalogue.callable(model.id()) && model.price().known()).toList());
        return new Refusal("context_length", "prompt and answer need about " + (job.demand().tokens() + cap(job, best.id()))
                + " tokens; the longest context of the chain is " + best.contextLength() + " (" + best.id() + "), and the longest of all models "
                + longest.contextLength() + " (" + longest.id() + ")");
    }

    private static Model longest(List<Model> models) {
        return models.stream().filter(model -> model.contextLength() != null).max(Comparator.comparing(Model::contextLength)).orElseThrow();
    }
}
