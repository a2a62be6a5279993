package io.promptroutes.ledger;

import java.util.Locale;

/** How far a batch is. */
public enum BatchState {
    /** It may be on its way to the provider. */
    INTENT,
    /** No reply came when it was sent: it is looked for among the provider's batches. */
    LOST,
    /** The provider has it. */
    SUBMITTED,
    /** Each of its lines says what it came to. */
    ENDED,
    /** The provider did not take it. */
    REFUSED,
    /** It was looked for in vain: it may have been made, and billed. */
    GIVEN_UP;

    static BatchState of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Whether its lines can be taken. */
    public boolean over() {
        return compareTo(SUBMITTED) > 0;
    }

    /** For people. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
