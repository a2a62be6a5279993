package io.promptroutes.prompt;

import java.util.Locale;

/** The kinds of work that a prompt can ask for. */
public enum Task {
    CODE, CREATIVE, ANALYSIS, MATH, CHAT, GENERAL;

    /** The name on the wire, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
