package io.promptroutes.ledger;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A batch that is about to be sent.
 *
 * @param only   see {@link BatchRow}
 * @param within the time within which it is asked to be through, as the provider has it
 * @param bytes  of all its lines
 * @param lines  what is asked, in the order of their numbers
 */
public record BatchIntent(UUID id, String provider, String keyHash, String endpoint, String model, String only, String within, long bytes, List<ClaimRequest> lines) {

    public BatchIntent {
        Objects.requireNonNull(id);
        lines = List.copyOf(lines);
    }
}
