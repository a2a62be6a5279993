package io.promptroutes.cost;

import java.time.LocalDate;
import java.util.Set;

/**
 * A row of the catalogue. Immutable.
 *
 * @param canonicalSlug       the dated name under which an answer may say it was served; the id where the row has none
 * @param contextLength       tokens in and out, the smaller of the model's own and its main provider's; null where unknown
 * @param maxCompletionTokens null where unknown
 * @param inputModalities     such as {@code text}, {@code image}, {@code file}, {@code audio}
 * @param reasoning           null for a model that does not think
 * @param expirationDate      the day on which it goes, or null
 * @param aliasTarget         the id that an alias row stands for, or null
 */
public record Model(String id, String canonicalSlug, Long contextLength, Long maxCompletionTokens, Price price,
        Set<String> supportedParameters, Set<String> inputModalities, Reasoning reasoning, LocalDate expirationDate, String aliasTarget) {

    /**
     * How it thinks before it answers.
     *
     * @param mandatory      it cannot be told not to
     * @param defaultEnabled it does unless told not to
     */
    public record Reasoning(boolean mandatory, boolean defaultEnabled) {
    }
}
