package io.promptroutes.cost;

import java.time.LocalTime;

/**
 * Prices that hold for long prompts or at some hours; a condition that is null always holds. Immutable.
 *
 * @param abovePromptTokens holds for prompts of more tokens than this
 * @param from              UTC, from this time on
 * @param until             UTC, before this time; earlier than {@code from} where the hours go over midnight
 * @param prices            what it changes; a null in it leaves the price as it is
 */
public record PriceOverride(Long abovePromptTokens, LocalTime from, LocalTime until, Price prices) {

    boolean holds(long promptTokens, LocalTime utc) {
        return holdsFor(promptTokens) && holdsAt(utc);
    }

    /** Whether a prompt of so many tokens can come under it at some hour. */
    boolean holdsFor(long promptTokens) {
        return abovePromptTokens == null || promptTokens > abovePromptTokens;
    }

    private boolean holdsAt(LocalTime utc) {
        LocalTime start = from == null ? LocalTime.MIDNIGHT : from;
        LocalTime end = until == null ? LocalTime.MIDNIGHT : until;
        boolean started = !utc.isBefore(start);
        boolean ended = !utc.isBefore(end);
        return start.isBefore(end) ? started && !ended : started || !ended;
    }
}
