package io.promptroutes.cost;

import java.util.Set;

/**
 * How a model thinks before it answers. Immutable.
 *
 * @param mandatory      it cannot be told not to
 * @param defaultEnabled it does unless told not to
 * @param efforts        what {@code reasoning.effort} may be; empty where the catalogue does not say
 */
public record Reasoning(boolean mandatory, boolean defaultEnabled, Set<String> efforts) {

    /** Thinks where the request says nothing about it. */
    public boolean unasked() {
        return mandatory || defaultEnabled;
    }
}
