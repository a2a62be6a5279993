package io.promptroutes.prompt;

import java.util.Locale;

/** How hard a prompt is said to be. */
public enum Complexity {
    SIMPLE, MEDIUM, COMPLEX;

    /** The name on the wire, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
