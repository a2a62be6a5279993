package io.promptroutes.flow;

import io.promptroutes.ledger.WorkId;
import io.promptroutes.prompt.Source;

/**
 * What a prompt came to. Immutable by agreement.
 *
 * @param id       what it is known by; also where it is no prompt
 * @param identity the same whatever it asks: its id, or its record
 * @param work     of the ledger; null where that has none
 * @param answered false for a dead letter
 * @param again    whether it had come to that before: nothing was called
 * @param json     the result or dead letter; {@link #STANDING} where the ledger keeps no texts and the job's output has it
 * @param traceparent of the prompt's span, below which hangs what is published; null where there is none
 */
public record Ending(String id, String identity, Source source, WorkId work, boolean answered, boolean again, byte[] json, String traceparent) {

    /** In place of a text that stays where it is. */
    public static final byte[] STANDING = {};

    /** Without the text, which has no place in a log. */
    @Override
    public String toString() {
        return (answered ? "result of " : "dead letter of ") + id;
    }
}
