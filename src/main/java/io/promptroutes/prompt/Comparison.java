package io.promptroutes.prompt;

import java.util.Locale;

/** Which set of models a comparison asks. */
public enum Comparison {
    QUALITY, SPEED, COST, DIVERSE;

    /** The name on the wire, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
