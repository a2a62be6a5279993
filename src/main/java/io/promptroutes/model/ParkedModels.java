package io.promptroutes.model;

import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Models that are left out for a while: gone from OpenRouter, or free ones whose daily cap is reached. Thread-safe. */
public final class ParkedModels {

    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private final Clock clock;
    private volatile Instant freeUntil = Instant.MIN;

    public ParkedModels(Clock clock) {
        this.clock = clock;
    }

    /** Until the next catalogue refresh calls {@link #clearGone}. */
    public void gone(String model) {
        gone.add(model);
    }

    public void clearGone() {
        gone.clear();
    }

    /** Every model whose id ends in {@code :free}, and the free router; the daily cap is the account's. */
    public void parkFree(Instant reset) {
        freeUntil = reset;
    }

    /** Why it is left out; null where it may be called. */
    public LeftOut why(String model) {
        if (gone.contains(model)) {
            return LeftOut.MODEL_GONE;
        }
        return free(model) && clock.instant().isBefore(freeUntil) ? LeftOut.FREE_LIMIT : null;
    }

    /** Whether the daily cap of free models counts calls of this one. */
    private static boolean free(String model) {
        return model.endsWith(":free") || model.equals("openrouter/free");
    }
}
