package io.promptroutes.flow;

import java.util.Set;

/** Headers that the step {@code prompt:} sets, for what comes behind it. No sender can set one. */
public final class StepHeaders {

    /** Of all of them. */
    public static final String PREFIX = "PromptRoutes";
    public static final String ID = PREFIX + "Id";
    public static final String STATUS = PREFIX + "Status";
    public static final String TASK = PREFIX + "Task";
    public static final String MODEL = PREFIX + "Model";
    public static final String COST_USD = PREFIX + "CostUsd";
    public static final String FALLBACK_LEVEL = PREFIX + "FallbackLevel";
    public static final String ERROR = PREFIX + "Error";
    public static final Set<String> ALL = Set.of(ID, STATUS, TASK, MODEL, COST_USD, FALLBACK_LEVEL, ERROR);

    private StepHeaders() {
    }
}
