package io.promptroutes.model;

import java.time.Duration;
import java.time.Instant;

/** How much time a prompt's attempts have left, from the first one's start; it stands still while nothing may be called. Belongs to one prompt. */
public final class Deadline {

    /** Kept for each model that is still to come, so that a fallback gets its turn. */
    private static final Duration SHARE = Duration.ofSeconds(10);

    private final Duration budget;
    private Instant end;
    private Instant heldSince;

    /** @param budget for all attempts together */
    Deadline(Duration budget) {
        this.budget = budget;
    }

    /** An attempt begins. */
    void goesOn(Instant now) {
        if (end == null) {
            end = now.plus(budget);
        } else if (heldSince != null) {
            end = end.plus(Duration.between(heldSince, now));
        }
        heldSince = null;
    }

    /** Nothing may be called for now: it stands still until the next attempt begins. */
    public void held(Instant now) {
        heldSince = heldSince == null ? now : heldSince;
    }

    /** It begins anew with the next attempt. */
    void forget() {
        end = null;
    }

    /** Whether no time is left for another call. */
    public boolean late(Instant now) {
        return end != null && !(heldSince == null ? now : heldSince).isBefore(end);
    }

    /** What an attempt may take, where {@code later} models are still to come. */
    Duration share(Instant now, int later) {
        Duration spare = spare(now, later);
        Duration even = Duration.ofNanos(Duration.between(now, end).toNanos() / (later + 1L)); // Duration divides by BigDecimal, which is slow
        return spare.compareTo(even) > 0 ? spare : even;
    }

    /** What is left beside the shares of so many models. */
    Duration spare(Instant now, int models) {
        return Duration.between(now, end).minus(SHARE.multipliedBy(models));
    }
}
