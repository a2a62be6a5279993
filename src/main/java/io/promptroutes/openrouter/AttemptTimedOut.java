package io.promptroutes.openrouter;

import java.io.IOException;
import java.time.Duration;

/** Our own wall clock ended a call. OpenRouter may go on with it, and bill it. */
public final class AttemptTimedOut extends IOException {

    AttemptTimedOut(Duration limit) {
        super("no whole answer within " + limit.toMillis() + " ms");
    }
}
