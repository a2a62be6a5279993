package io.promptroutes.model;

import java.util.Locale;

/** How a cost was come by. */
public enum CostSource {
    /** OpenRouter's own accounting. */
    REPORTED,
    /** Of a batch's bill, which is OpenRouter's own: the part of a line that has none. The parts add up to it. */
    SHARED,
    /** OpenRouter's token counts times the price list. */
    PRICED,
    /** Our own token count, or the price of an unknown model. */
    ESTIMATED;

    /** The name on the wire. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
