package io.promptroutes.pipeline;

/**
 * What a prompt came to before, which is given again; nothing is called. Exchange variable {@code again}.
 *
 * @param message the result or dead letter
 * @param as      where it goes; null for nowhere, where another message is published instead
 */
public record Again(byte[] message, Outcome as) {
}
