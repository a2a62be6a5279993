package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * An answer that may be given again. Immutable by agreement: nobody changes the bytes.
 *
 * @param result   as published for the prompt that was called
 * @param model    that gave it
 * @param costUsd  of the call that gave it, as far as known
 */
public record CachedAnswer(byte[] result, String model, BigDecimal costUsd, Instant storedAt) {
}
