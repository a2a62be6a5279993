package io.promptroutes.prompt;

import java.util.Locale;

/** How good an answer has to be. */
public enum Quality {
    BASIC, LOW, GOOD, BALANCED, HIGH;

    /** The name on the wire, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
