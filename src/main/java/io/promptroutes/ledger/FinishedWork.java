package io.promptroutes.ledger;

/**
 * A finished prompt of a job, to be written again where its line is missing.
 *
 * @param answered false for a dead letter
 * @param json     the result or dead letter; null where texts are not stored
 */
public record FinishedWork(WorkId id, String promptId, boolean answered, byte[] json) {
}
