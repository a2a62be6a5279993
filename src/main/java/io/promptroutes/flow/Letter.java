package io.promptroutes.flow;

/**
 * A dead letter. Exchange variable {@link Variables#LETTER}.
 *
 * @param json  as it is stored
 * @param whole false where there is only room for a part of it
 */
public record Letter(byte[] json, boolean whole) {
}
