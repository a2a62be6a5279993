package io.promptroutes.ledger;

import java.util.Objects;

/**
 * One piece of work.
 *
 * @param job      the output folder or topic group that it belongs to
 * @param pipeline whose work it is
 * @param identity what the prompt is known by whatever it asks: its id, or a hash of its record
 * @param promptId the prompt's id, for people
 * @param task     null until detected
 * @param part     one model's share of a prompt that many are asked: its end is kept, and is no end of the prompt
 * @param replied  its answer is with whoever is to have it when that is said, {@link Deliveries}; else when it is stored
 */
public record Work(WorkId id, String job, String pipeline, String identity, String promptId, String tenant, String task, boolean part, boolean replied) {

    public Work {
        Objects.requireNonNull(id);
        job = SqlDialect.storable(job);
        identity = SqlDialect.storable(identity);
        promptId = SqlDialect.storable(promptId);
        tenant = SqlDialect.storable(tenant);
        task = task == null ? null : SqlDialect.storable(task);
    }

    /** Of a job, whose output is compared with the ledger. */
    public Work(WorkId id, String job, String pipeline, String identity, String promptId, String tenant, String task, boolean part) {
        this(id, job, pipeline, identity, promptId, tenant, task, part, false);
    }
}
