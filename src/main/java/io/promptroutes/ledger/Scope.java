package io.promptroutes.ledger;

/** Whose spending a limit is over. */
public enum Scope {
    TOTAL, PIPELINE, TENANT, MODEL, TENANT_MODEL;

    boolean hasPipeline() {
        return this == PIPELINE;
    }

    /** Whether it is of one tenant. */
    boolean hasTenant() {
        return this == TENANT || this == TENANT_MODEL;
    }

    boolean hasModel() {
        return this == MODEL || this == TENANT_MODEL;
    }
}
