package io.promptroutes.ledger;

import java.util.List;

/**
 * What a settlement or an end of work did.
 *
 * @param applied   false where it was settled already: nothing was booked again
 * @param stored    false where another process had finished the work before: its result stands
 * @param crossings parts of a limit that were passed, each told once among all processes
 */
public record Settled(boolean applied, boolean stored, List<Crossing> crossings) {
}
