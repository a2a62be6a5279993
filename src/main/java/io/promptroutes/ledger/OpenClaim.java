package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/**
 * A call whose cost is not known.
 *
 * @param generationId OpenRouter's id of the answer, or null
 */
public record OpenClaim(
        UUID claimId, WorkId work, String promptId, String tenant, String task, int attempt, String model, BigDecimal reservedUsd,
        String generationId, Instant claimedAt) {
}
