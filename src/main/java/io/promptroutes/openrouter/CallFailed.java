package io.promptroutes.openrouter;

import io.promptroutes.cost.Usage;
import java.io.IOException;
import java.time.Duration;

/**
 * One call that gave no answer, judged. Immutable; carries no request and no prompt text.
 */
public final class CallFailed extends Exception {

    private final transient Details details;

    /**
     * @param status           HTTP status, or the code inside a 200; null where there was no response
     * @param message          what OpenRouter or the provider said, scrubbed and shortened
     * @param retryAfter           how long the server asks to wait before the same model is called again; null where it does not say
     * @param affordableTokens the output cap that a 402 names, or null
     * @param generationId     OpenRouter's id of the call, or null
     * @param provider         upstream provider, or null
     * @param usage            what the failed call was billed with, or null
     * @param retryable        as the server says ({@code error.availability.retryable}), or null
     */
    public record Details(FailureKind kind, Integer status, String message, Billing billing, Duration retryAfter,
                          Integer affordableTokens, String generationId, String provider, Usage usage, Boolean retryable) {
    }

    /** A call that ended without a response. What was sent may have been read, and billed. */
    public static Details broken(Exception cause, CallEntity call) {
        FailureKind kind = cause instanceof AttemptTimedOut ? FailureKind.TIMEOUT
                : !(cause instanceof IOException) ? FailureKind.INVALID_ANSWER
                : sent(cause, call) ? FailureKind.CONNECTION : FailureKind.UNREACHABLE;
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new Details(kind, null, message, sent(cause, call) ? Billing.UNKNOWN : Billing.NO, null, null, call.generationId(), null, null, null);
    }

    private static boolean sent(Exception cause, CallEntity call) {
        return call.sent() && !(cause instanceof Network.NotConnected); // what a proxy took and refused never left it
    }

    public CallFailed(Details details) {
        super(details.message(), null, false, false);
        this.details = details;
    }

    public Details details() {
        return details;
    }

    /** For the routes: {@code ${exception.kind} == 'rate_limited'}. */
    public String getKind() {
        return details.kind().toString();
    }
}
