package io.promptroutes.cost;

import java.math.BigDecimal;

/**
 * What OpenRouter counted for one call.
 *
 * @param promptTokens     native tokens in, cached ones included
 * @param completionTokens native tokens out, reasoning included
 * @param cachedTokens     of the prompt tokens, those read from a provider's cache
 * @param cacheWriteTokens of the prompt tokens, those written to it
 * @param costUsd          what the call costs in USD as reported: {@code usage.cost}, plus the upstream's own where the key is the
 *                         caller's (BYOK); null where the answer says nothing
 */
public record Usage(long promptTokens, long completionTokens, long reasoningTokens, long cachedTokens, long cacheWriteTokens,
        long totalTokens, BigDecimal costUsd) {
}
