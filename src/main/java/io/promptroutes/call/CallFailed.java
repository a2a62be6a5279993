package io.promptroutes.call;

import io.promptroutes.model.Usage;
import java.io.IOException;
import java.time.Duration;
import org.apache.hc.core5.http.HttpException;

/**
 * One call that gave no answer, judged: an exception of its own for each {@link FailureKind}, so that the routes' clauses can name it. The
 * HTTP client lets only an {@link IOException} through. Immutable once it is thrown; carries no request and no prompt text.
 */
public abstract class CallFailed extends IOException {

    private transient Details details;

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

        public CallFailed exception() {
            CallFailed failed = kind.exception();
            failed.details = this;
            return failed;
        }
    }

    /** A call that ended without a response. What was sent may have been read, and billed. */
    public static Details broken(Exception cause, CallEntity call) {
        boolean sent = call.sent() && !(cause instanceof Network.NotConnected); // what a proxy took and refused never left it
        FailureKind kind = cause instanceof IOException || cause instanceof HttpException
                ? sent ? FailureKind.CONNECTION : FailureKind.UNREACHABLE : FailureKind.INVALID_ANSWER;
        return broken(kind, cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), sent, call);
    }

    /** Our own wall clock ended it. OpenRouter may go on with it, and bill it. */
    static Details timedOut(String message, CallEntity call) {
        return broken(FailureKind.TIMEOUT, message, call.sent(), call);
    }

    private static Details broken(FailureKind kind, String message, boolean sent, CallEntity call) {
        return new Details(kind, null, message, sent ? Billing.UNKNOWN : Billing.NO, null, null, call.generationId(), null, null, null);
    }

    public Details details() {
        return details;
    }

    @Override
    public String getMessage() {
        return details.message();
    }

    /** For logs: the server's words may quote the prompt. */
    @Override
    public String getLocalizedMessage() {
        return details.kind().toString();
    }

    /** Not filled in: what is to be known is in the details. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    static final class BadRequest extends CallFailed { }

    static final class ContextLength extends CallFailed { }

    static final class Moderation extends CallFailed { }

    static final class ModelGone extends CallFailed { }

    static final class NoEndpoint extends CallFailed { }

    static final class KeyRefused extends CallFailed { }

    static final class AccountBlocked extends CallFailed { }

    static final class MaxTokensUnaffordable extends CallFailed { }

    static final class RequestUnaffordable extends CallFailed { }

    static final class InsufficientCredit extends CallFailed { }

    static final class RateLimited extends CallFailed { }

    static final class FreeLimit extends CallFailed { }

    static final class Timeout extends CallFailed { }

    static final class Unreachable extends CallFailed { }

    static final class Connection extends CallFailed { }

    static final class ProviderError extends CallFailed { }

    static final class InvalidAnswer extends CallFailed { }

    static final class InvalidOutput extends CallFailed { }

    static final class OutputCut extends CallFailed { }
}
