package io.promptroutes.routing;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Models that are left out for a while: gone from OpenRouter, or free ones whose daily cap is reached. Thread-safe. */
public final class ParkedModels {

    private final Map<String, Instant> until = new ConcurrentHashMap<>();
    private final Clock clock;
    private volatile Instant freeUntil = Instant.MIN;

    public ParkedModels(Clock clock) {
        this.clock = clock;
    }

    /** Until the next catalogue refresh calls {@link #clearGone}. */
    public void gone(String model) {
        until.put(model, Instant.MAX);
    }

    public void clearGone() {
        until.clear();
    }

    /** Every model whose id ends in {@code :free}, and the free router; the daily cap is the account's. */
    public void parkFree(Instant reset) {
        freeUntil = reset;
    }

    public boolean parked(String model) {
        if (free(model) && clock.instant().isBefore(freeUntil)) {
            return true;
        }
        Instant end = until.get(model);
        return end != null && clock.instant().isBefore(end);
    }

    /** Whether the daily cap of free models counts calls of this one. */
    public boolean free(String model) {
        return model.endsWith(":free") || model.equals("openrouter/free");
    }
}
