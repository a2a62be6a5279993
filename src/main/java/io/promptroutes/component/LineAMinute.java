package io.promptroutes.component;

import java.time.Duration;
import java.time.Instant;

/** Lets a line of the log be written once a minute at most. Thread-safe. */
final class LineAMinute {

    private static final Duration EVERY = Duration.ofMinutes(1);

    private Instant last = Instant.EPOCH;

    /** Whether one may be written now; then the next one waits. */
    synchronized boolean due() {
        Instant now = Instant.now();
        if (last.plus(EVERY).isAfter(now)) {
            return false;
        }
        last = now;
        return true;
    }
}
