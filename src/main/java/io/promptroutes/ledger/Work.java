package io.promptroutes.ledger;

import java.util.Objects;

/**
 * One piece of work.
 *
 * @param job      the output folder or topic group that it belongs to
 * @param promptId the prompt's id, for people
 * @param task     null until detected
 */
public record Work(WorkId id, String job, String promptId, String tenant, String task) {

    public Work {
        Objects.requireNonNull(id);
        job = Tx.storable(job);
        promptId = Tx.storable(promptId);
        tenant = Tx.storable(tenant);
        task = task == null ? null : Tx.storable(task);
    }
}
