package io.promptroutes.model;

import java.math.BigDecimal;
import java.util.Map;

/**
 * What OpenRouter counted for one call.
 *
 * @param promptTokens     native tokens in, cached ones included
 * @param completionTokens native tokens out, reasoning included
 * @param cachedTokens     of the prompt tokens, those read from a provider's cache
 * @param cacheWriteTokens of the prompt tokens, those written to it
 * @param costUsd          what the call costs in USD as reported: {@code usage.cost}, plus the upstream's own where the key is the
 *                         caller's (BYOK); null where the answer says nothing
 * @param special          of all tokens, those that have a price of their own: sound and pictures, in and out, and what is cached for
 *                         an hour
 * @param beyondList       the cost may hold what no price list tells: the caller's own key, server tools, caches
 */
public record Usage(long promptTokens, long completionTokens, long reasoningTokens, long cachedTokens, long cacheWriteTokens,
        long totalTokens, BigDecimal costUsd, Map<Price.Kind, Long> special, boolean beyondList) {

    public Usage {
        special = Map.copyOf(special);
    }

    /** Text alone. */
    public Usage(long promptTokens, long completionTokens, long reasoningTokens, long cachedTokens, long cacheWriteTokens, long totalTokens,
            BigDecimal costUsd) {
        this(promptTokens, completionTokens, reasoningTokens, cachedTokens, cacheWriteTokens, totalTokens, costUsd, Map.of(), false);
    }

    /** The cost as it was told; null where none was, or one that no call has. */
    public BigDecimal toldUsd() {
        return costUsd == null || costUsd.signum() < 0 || !Usd.plausible(costUsd) ? null : Usd.of(costUsd);
    }

    /** The highest of its counts. */
    long most() {
        return Math.max(Math.max(Math.max(promptTokens, completionTokens), Math.max(reasoningTokens, totalTokens)), Math.max(cachedTokens, cacheWriteTokens));
    }

    long of(Price.Kind kind) {
        return switch (kind) {
            case INPUT_CACHE_READ -> cachedTokens;
            case INPUT_CACHE_WRITE -> cacheWriteTokens - of(Price.Kind.INPUT_CACHE_WRITE_1H);
            case INTERNAL_REASONING -> reasoningTokens;
            default -> special.getOrDefault(kind, 0L);
        };
    }
}
