package io.promptroutes.simulator;

import java.time.Duration;
import java.time.Instant;

/** What the simulator takes for the time: the machine's, and what it was put forward by. Thread-safe. */
public final class Clock {

    private Duration ahead = Duration.ZERO;

    public synchronized Instant now() {
        return Instant.now().plus(ahead);
    }

    synchronized void advance(Duration time) {
        ahead = ahead.plus(time);
    }
}
