package io.promptroutes.call;

/** Whether a call that did not give an answer was paid for. */
public enum Billing {
    /** Nothing was generated, or OpenRouter says that it does not charge for it. */
    NO,
    /** The call may go on, or went on, behind our back. */
    UNKNOWN,
    /** The body says what it cost. */
    YES
}
