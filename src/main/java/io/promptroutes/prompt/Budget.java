package io.promptroutes.prompt;

import java.util.Locale;

/** What an answer may cost, in four steps; also the columns of the model tables. */
public enum Budget {
    FREE, BUDGET, BALANCED, PREMIUM;

    /** The name on the wire, in lower case; {@code low} and {@code high} are read as {@link #BUDGET} and {@link #PREMIUM}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
