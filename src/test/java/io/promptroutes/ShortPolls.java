package io.promptroutes;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.pollinterval.IterativePollInterval;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For every test class: what has happened soon is noticed soon, what takes long is looked for as seldom as Awaitility does by itself, and a busy machine has time. */
public final class ShortPolls implements BeforeAllCallback {

    private static final Duration FIRST = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMillis(100);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(PATIENCE);
        Awaitility.setDefaultPollInterval(IterativePollInterval.iterative(last -> {
            Duration next = last.multipliedBy(2);
            return next.compareTo(LONGEST) < 0 ? next : LONGEST;
        }, FIRST));
    }
}
