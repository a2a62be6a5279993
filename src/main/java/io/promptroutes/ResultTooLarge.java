package io.promptroutes;

/**
 * What a route throws behind a step {@code prompt:} where no try again will get its result to where it is to be: the record is a dead letter, and the
 * answer stays in the ledger. Immutable.
 */
public final class ResultTooLarge extends PromptFailed {

    private static final long serialVersionUID = 1;

    /** @param message what to do about it; the argument that a step {@code throwException} has */
    public ResultTooLarge(String message) {
        super("result_too_large", message, true, 0, null);
    }
}
