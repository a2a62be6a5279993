package io.promptroutes.model;

import java.util.Locale;

/** Why a model of a chain is not called. The name in lower case is a result's {@code fallback.reason} or a dead letter's code. */
public enum LeftOut {

    MODEL_GONE("its last call was answered with: no such model; it is asked again when the list of models is read anew"),
    FREE_LIMIT("the daily cap of the free models is reached"),
    CIRCUIT_BREAKER("fails too often for now (circuit breaker), tried after the others"),
    NOT_CAPABLE("cannot do what the request asks for"),
    CONTEXT_LENGTH("has too short a context"),
    NOT_FREE("costs money, and the prompt is for free models only"),
    MAX_COST("can cost more than is left of max_cost_cents"),
    BUDGET_EXHAUSTED("a budget stands against it"),
    UNBOUNDED_COST("what it costs has no bound");

    private final String words;

    LeftOut(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }

    /** Whether the same prompt may be answered later, when nothing but time has passed. */
    public boolean retryable() {
        return this == FREE_LIMIT;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
