package io.promptroutes.prompt;

import java.util.Locale;

/** How the models for a prompt are chosen. */
public enum Strategy {
    EXPLICIT, SMART, COST, FREE, FIT, COMPARE;

    /** The name on the wire, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
