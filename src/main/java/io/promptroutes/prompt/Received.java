package io.promptroutes.prompt;

/**
 * A request out of its wrapping.
 *
 * @param raw the bytes without the wrapping of a dead letter, so that a second one holds the request and not the first one
 */
record Received(Fields fields, byte[] raw) {
}
