package io.promptroutes.ledger;

import java.time.Instant;

/**
 * A finished prompt of a job, to be written again where its line is missing.
 *
 * @param identity see {@link Work}
 * @param answered false for a dead letter
 * @param json     the result or dead letter; null where texts are not stored
 */
public record FinishedWork(WorkId id, String promptId, String identity, boolean answered, byte[] json, Instant finishedAt) {
}
