package io.promptroutes.ledger;

import io.promptroutes.prompt.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A row of figures but for its slot. Immutable.
 *
 * @param day   {@code 2026-11-22}
 * @param name  of the job, reason or minute; null for calls
 * @param calls null but for calls
 */
record FigureKey(Kind kind, String day, String name, Calls calls) {

    /** What the rows of a day are told apart by. */
    enum Kind { CALLS, JOB, REASON, MINUTE }

    /** What stands for all names that came after the most rows that a day may have. */
    static final String OTHER = "other";

    private static final String NAMES = "figure_id, kind, figure_day, slot, name, pipeline, provider, tenant, task, model, served_model, tier, cost_source";
    static final String INSERT = "INSERT INTO figures (" + NAMES + ", " + CallSums.COLUMNS + ", version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            + CallSums.MARKS + ", 1)";

    /** Any may be null but the last. {@code model}: that was called; {@code served}: that answered. */
    record Calls(String pipeline, String provider, String tenant, String task, String model, String served, String tier, String source) {

        private static final Calls OTHERS = new Calls(OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER);

        private List<String> names() {
            return Arrays.asList(pipeline, provider, tenant, task, model, served, tier, source);
        }
    }

    static FigureKey named(Kind kind, String day, String name) {
        return new FigureKey(kind, day, name, null);
    }

    FigureKey other() {
        return new FigureKey(kind, day, calls == null ? OTHER : null, calls == null ? null : Calls.OTHERS);
    }

    /** The row's key: a hash, since names may be long. */
    String id(int slot) {
        return WorkId.of(kind.name(), day, String.valueOf(slot), Json.MAPPER.valueToTree(names())).hex();
    }

    private List<String> names() {
        return calls == null ? List.of(name) : calls.names();
    }

    /** For {@link #INSERT}. */
    Object[] row(String id, int slot, CallSums sums) {
        List<Object> values = new ArrayList<>(Arrays.asList(id, kind, day, slot, name));
        values.addAll(calls == null ? Arrays.asList(new String[8]) : calls.names());
        values.addAll(sums.values());
        return values.toArray();
    }
}
