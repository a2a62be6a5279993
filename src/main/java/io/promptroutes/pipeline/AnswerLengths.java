package io.promptroutes.pipeline;

import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long a call's answer may be: as long as earlier answers of the model to such tasks were in the mean, else as earlier answers to such
 * tasks were, else somewhere between {@link #SHORTEST} and the output cap. Immutable.
 */
public final class AnswerLengths {

    /** Tokens of an answer of a few words. */
    public static final int SHORTEST = 10;
    /** Earlier answers below which their mean says little. */
    private static final long ENOUGH = 20;

    private final Map<List<String>, Figures.Lengths> known = new HashMap<>();

    /** @param measured whether earlier answers say so */
    record Guess(long low, long expected, boolean measured) {
    }

    /** @param ledger null where there is none */
    public AnswerLengths(Ledger ledger) {
        for (Figures.Lengths one : ledger == null ? List.<Figures.Lengths>of() : ledger.figures().lengths()) {
            known.merge(List.of(one.task(), one.model()), one, Figures.Lengths::plus);
            known.merge(List.of(one.task()), one, Figures.Lengths::plus);
        }
        known.values().removeIf(one -> one.answers() < ENOUGH);
    }

    /** @param cap the most tokens that the call may answer with */
    Guess of(String task, String model, long cap) {
        Figures.Lengths earlier = known.getOrDefault(List.of(task, model), known.get(List.of(task)));
        if (earlier != null) {
            long mean = Math.max(1, Math.min(cap, earlier.tokens() / earlier.answers()));
            return new Guess((mean + 1) / 2, mean, true);
        }
        // the middle of bounds that are orders of magnitude apart
        return new Guess(Math.min(SHORTEST, cap), Math.min(cap, Math.round(Math.sqrt((double) SHORTEST * cap))), false);
    }
}
