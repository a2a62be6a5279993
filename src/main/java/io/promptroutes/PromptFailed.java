package io.promptroutes;

import io.promptroutes.prompt.Json;

/** What a step {@code prompt:} throws for a record that it has no answer for: what a route's {@code onException} is for. Immutable. */
public class PromptFailed extends Exception {

    private static final long serialVersionUID = 1;

    /** There is no place for the prompt, or calls are paused, and the step does not wait. */
    public static final String BUSY = "busy";
    /** The process ends, or the record is another instance's by now: nothing was decided about the prompt. */
    public static final String GIVEN_UP = "given_up";

    private final String code;
    private final boolean retryable;
    private final int attempts;
    private final boolean decided;
    private final String letter;

    /**
     * @param code      of docs/failures.md
     * @param retryable whether another try may go better
     * @param attempts  calls that were made
     * @param letter    the dead letter as JSON (docs/messages.md); null where nothing was decided about the prompt
     */
    public PromptFailed(String code, String message, boolean retryable, int attempts, String letter) {
        super(message);
        this.code = code;
        this.retryable = retryable;
        this.attempts = attempts;
        this.decided = letter != null;
        this.letter = decided ? letter : "{\"status\":\"failed\",\"error\":" + Json.MAPPER.createObjectNode().put("code", code).put("message", message).put("retryable", retryable) + "}";
    }

    public String getCode() {
        return code;
    }

    public boolean isRetryable() {
        return retryable;
    }

    public int getAttempts() {
        return attempts;
    }

    /** Whether the prompt has ended: it is a dead letter, and in the ledger. */
    public boolean isDecided() {
        return decided;
    }

    /** The dead letter as JSON, with the record's text; its error alone where nothing was decided about the prompt. */
    public String getLetter() {
        return letter;
    }
}
