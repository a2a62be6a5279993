package io.promptroutes.model;

import io.promptroutes.model.ChainBuilder.Job;
import io.promptroutes.model.Choice.Refusal;
import io.promptroutes.prompt.Strategy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Leaves the models whose worst case is within {@code max_cost_cents}; for {@code fit} shortens the prompt where none is. Thread-safe. */
record Spendable(Catalogue catalogue, Reservations reservations, Shortening shortening) {

    /** Of the most capable models that fit: each needs its share of the prompt's deadline. */
    private static final int PAID_MODELS = 4;
    /** A cut text may have a token more or less at its new end. */
    private static final int CUTS = 3;

    /**
     * What is left.
     *
     * @param job   shortened, maybe
     * @param worst USD that a call of each model can cost
     */
    record Within(Job job, List<String> models, Map<String, BigDecimal> worst, long truncatedTokens, Refusal refusal) {
    }

    /** The most that a call can cost, with the prompt's tokens as they were counted. */
    BigDecimal worst(Job job, String model, int cap) {
        return worst(job, model, cap, job.demand().tokensAtMost());
    }

    private BigDecimal worst(Job job, String model, int cap, long tokens) {
        return reservations.of(model, job.demand().request(), job.demand().media(), tokens, cap).usd();
    }

    /** @param models able to do it, but for {@code fit}, where the context is looked at here */
    Within of(Job job, List<String> models, List<String> rejected, ChainBuilder chains) {
        job.demand().tokens();
        BigDecimal limit = job.prompt().maxCostCents().movePointLeft(2);
        boolean fit = job.prompt().strategy() == Strategy.FIT;
        List<String> tooDear = new ArrayList<>();
        Within whole = within(job, models, limit, tooDear, chains, 0);
        List<String> paid = models.stream().filter(model -> !catalogue.free(model)).toList();
        if (!fit || paid.isEmpty() || whole.models().stream().anyMatch(paid::contains)) {
            rejected.addAll(tooDear);
            return whole;
        }
        String cheapest = paid.stream().min(Comparator.comparing(model -> worst(job, model, chains.cap(job, model)))).orElseThrow();
        return shortened(job, cheapest, models, limit, rejected, chains);
    }

    private Within within(Job job, List<String> models, BigDecimal limit, List<String> rejected, ChainBuilder chains, long truncated) {
        Map<String, BigDecimal> worst = new LinkedHashMap<>();
        BigDecimal together = BigDecimal.ZERO;
        boolean compare = job.prompt().strategy() == Strategy.COMPARE;
        int paid = 0;
        for (String model : models) {
            BigDecimal most = worst(job, model, chains.cap(job, model));
            BigDecimal sum = compare ? together.add(most) : most;
            String tooLong = chains.tooLong(job, model);
            if (tooLong != null) {
                rejected.add(model + ": " + tooLong);
            } else if (sum.compareTo(limit) > 0) {
                rejected.add(model + ": can cost up to $" + Usd.plain(most) + (compare ? ", with those before it" : "")
                        + " more than max_cost_cents allows");
            } else if (most.signum() == 0 || compare || ++paid <= PAID_MODELS) {
                worst.put(model, most);
                together = together.add(most);
            }
        }
        Refusal refusal = worst.isEmpty() ? new Refusal("max_cost", "no model is within max_cost_cents " + job.prompt().maxCostCents().toPlainString()
                + ": " + String.join("; ", rejected)) : null;
        return new Within(job, List.copyOf(worst.keySet()), worst, truncated, refusal);
    }

    private Within shortened(Job whole, String cheapest, List<String> models, BigDecimal limit, List<String> rejected, ChainBuilder chains) {
        int cap = chains.cap(whole, cheapest);
        long most = mostTokens(whole, cheapest, cap, limit);
        Job job = whole;
        for (int i = 0; i < CUTS && job.demand().tokens() > most; i++) {
            job = chains.shortened(job, shortening.without(job.demand().request(), job.demand().tokens() - most));
        }
        if (most < 0 || job.demand().tokens() > most) {
            return new Within(whole, List.of(), Map.of(), 0, new Refusal("max_cost", "even shortened the prompt does not fit: max_cost_cents "
                    + whole.prompt().maxCostCents().toPlainString() + " allow " + Math.max(most, 0) + " tokens for " + cheapest + " and an answer of "
                    + cap + ", and " + job.demand().tokens() + " are left where all that may be cut is gone"));
        }
        return within(job, models, limit, rejected, chains, whole.demand().tokens() - job.demand().tokens());
    }

    /** Prompt tokens that the model takes for so much money, within its context; below 0 where the answer alone costs more. */
    private long mostTokens(Job job, String model, int cap, BigDecimal limit) {
        long context = catalogue.find(model).map(facts -> facts.contextLength()).orElse(Long.MAX_VALUE);
        long too = Math.min(job.demand().tokens(), context - cap) + 1;
        long most = -1;
        while (too - most > 1) {
            long middle = (most + too) / 2;
            if (worst(job, model, cap, middle).compareTo(limit) <= 0) {
                most = middle;
            } else {
                too = middle;
            }
        }
        return most;
    }
}
