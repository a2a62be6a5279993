package io.promptroutes.model;

import java.math.BigDecimal;
import java.time.LocalTime;
import java.util.Map;

/**
 * Prices that hold for long prompts or at some hours. Immutable.
 *
 * @param abovePromptTokens holds for prompts of more tokens than this; null for all
 * @param from              UTC, from this time on
 * @param until             UTC, before this time; not after {@code from} where the hours go over midnight
 * @param usd               what it changes
 */
public record PriceOverride(Long abovePromptTokens, LocalTime from, LocalTime until, Map<Price.Kind, BigDecimal> usd) {

    boolean holds(long promptTokens, LocalTime utc) {
        boolean started = !utc.isBefore(from);
        boolean ended = !utc.isBefore(until);
        return holdsFor(promptTokens) && (from.isBefore(until) ? started && !ended : started || !ended);
    }

    /** Whether a prompt of so many tokens can come under it at some hour. */
    boolean holdsFor(long promptTokens) {
        return abovePromptTokens == null || promptTokens > abovePromptTokens;
    }
}
