package io.promptroutes.flow;

/**
 * Why a prompt is a dead letter.
 *
 * @param code      one of the codes in docs/messages.md
 * @param retryable whether feeding it in again later may help
 */
public record Failure(String code, String message, boolean retryable) {
}
