package io.promptroutes.flow;

import io.promptroutes.model.Choice;
import java.math.BigDecimal;
import java.util.List;

/**
 * How the models of a prompt were chosen, for the result's {@code routing}.
 *
 * @param temperature as set by the task; null where none of ours is sent
 * @param maxTokens   output cap as set by the task; null where none of ours is sent
 * @param choice      of the models
 * @param confidence  in the task, from 0 to 1; null where it was not weighed
 * @param branch      the model of a comparison that is asked alone; null for the whole prompt
 * @param signs       that spoke most for the task; empty where the request names it
 */
public record Decision(String tier, String reason, BigDecimal temperature, Integer maxTokens, Choice choice, Double confidence, List<String> signs,
        String branch) {

    /** For one model of a comparison. */
    public Decision alone(String model) {
        return new Decision(tier, reason, temperature, maxTokens, choice.alone(), confidence, signs, model);
    }
}
