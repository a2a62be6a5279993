package io.promptroutes.model;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptroutes.prompt.Prompt;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which models a prompt may be sent to, and why not to others.
 *
 * @param prompt          as it is to be sent: {@code fit} may have shortened it
 * @param models          first choice, then fallbacks; where there is a refusal, those that were looked at
 * @param freeOnly        whether no model that costs anything may be called, on no path
 * @param freeModels      free models that can do it, for when nothing may be paid any more; hardly ever asked for
 * @param rejected        models passed over, each with the reason; grows while others are tried
 * @param estimate        of the first model; of a comparison's models together
 * @param worst           USD, the most that a call of each model can cost; empty unless the request says what it may cost
 * @param truncatedTokens that were cut off the prompt
 * @param wanted          the models that the request names, as they are called; empty where a strategy chose
 * @param instead         why another is called before the first of those; null where none is
 * @param refusal         null where there is a model to call
 */
public record Choice(Prompt prompt, List<String> models, boolean freeOnly, Supplier<List<String>> freeModels, List<String> rejected, Estimate estimate,
        Map<String, BigDecimal> worst, long truncatedTokens, Set<String> wanted, LeftOut instead, Refusal refusal) {

    /** For one model of a comparison, to which no other may step in. */
    public Choice alone() {
        return new Choice(prompt, models, freeOnly, List::of, new ArrayList<>(0), estimate, Map.of(), 0, Set.of(), null, null);
    }

    /**
     * The most that a call is expected to cost.
     *
     * @param model null for a comparison
     * @param basis what it is, and how the prompt's tokens were come by
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Estimate(String model, BigDecimal usd, long promptTokens, int maxTokens, String basis) {
    }

    /** Why no model may be called: an error code of a dead letter, and words for people. */
    public record Refusal(String code, String message) {
    }
}
