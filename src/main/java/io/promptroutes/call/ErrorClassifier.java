package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.model.Usage;

/**
 * Judges responses that are no answers: what kind of failure, whether it was billed, how long to wait, what to tell. Thread-safe.
 *
 * <p>{@code details.retryable} is what {@code error.availability} says. Where that is silent it is TRUE for a 400 that came from one
 * provider and a 413 over the context: the request as such is fine and another model may take it.
 */
record ErrorClassifier(RetryAfter retryAfter) {

    private static final int LIKE_BAD_GATEWAY = 502;

    /** @param body what a response without JSON said instead */
    CallFailed refused(Response response, byte[] body) {
        JsonNode root = response.root();
        ErrorBody error = root.isMissingNode() ? ErrorBody.unreadable(body)
                : ErrorBody.json(root, root.isTextual() ? root : root.path("error"));
        return judged(response, error, response.status(), response.status(), response.usage(), billing(response.status()));
    }

    /**
     * An error inside a 200.
     *
     * @param error   where the body has one; null where only the finish reason tells
     * @param insured the finish reason is {@code error}: what OpenRouter names no cost for, it does not charge
     */
    CallFailed inside(Response response, JsonNode error, boolean insured) {
        ErrorBody body = error != null ? ErrorBody.json(response.root(), error) : ErrorBody.text(ErrorBody.Form.TEXT, null);
        int like = body.code() == null ? LIKE_BAD_GATEWAY : body.code();
        Usage usage = response.usage();
        Usage billed = insured && usage != null && !costs(usage) ? null : usage;
        return judged(response, body, body.code() == null ? response.status() : like, like, billed, insured ? Billing.NO : billing(like));
    }

    /** A 200 that is neither an answer nor tells an error. */
    CallFailed noAnswer(FailureKind kind, Response response, Billing otherwise, String message) {
        Billing billing = billing(response.usage(), otherwise);
        return new CallFailed.Details(kind, response.status(), message, billing, null, null,
                response.generationId(), response.provider(), billing == Billing.YES ? response.usage() : null, null).exception();
    }

    /**
     * @param status    to tell
     * @param like      the HTTP status whose rules hold
     * @param otherwise whether it was billed where the usage does not tell
     */
    private CallFailed judged(Response response, ErrorBody error, int status, int like, Usage usage, Billing otherwise) {
        FailureKind kind = FailureTable.kind(like, error);
        Billing billing = billing(usage, otherwise);
        String message = ErrorText.of(error.telling(), error.metadata());
        return new CallFailed.Details(kind, status,
                message == null ? ended(response) : message, billing,
                retryAfter.of(response.header(), error, kind),
                kind == FailureKind.MAX_TOKENS_UNAFFORDABLE ? error.affordableTokens() : null, response.generationId(),
                error.provider() != null ? error.provider() : response.provider(), billing == Billing.YES ? usage : null,
                retryable(like, kind, error)).exception();
    }

    /** How the provider ended the answer, in its own word where it has one: what there is to tell where nobody says more. */
    static String ended(Response response) {
        JsonNode choice = response.root().path("choices").path(0);
        String word = Nodes.text(choice.path(choice.hasNonNull("native_finish_reason") ? "native_finish_reason" : "finish_reason"));
        return word == null ? "HTTP " + response.status() + " without a readable message" : ErrorText.of("The provider ended the answer: " + word, MissingNode.getInstance());
    }

    private static Boolean retryable(int like, FailureKind kind, ErrorBody error) {
        boolean otherModel = kind == FailureKind.BAD_REQUEST
                && (like == 400 && error.provider() != null || like == 413 && FailureTable.isAboutContext(error));
        return error.retryable() == null && otherModel ? Boolean.TRUE : error.retryable();
    }

    /** A body that says what it cost beats every rule about statuses; one that says "nothing" too. */
    private static Billing billing(Usage usage, Billing otherwise) {
        if (usage == null || usage.costUsd() == null && usage.completionTokens() == 0) {
            return otherwise;
        }
        return usage.costUsd() == null || costs(usage) ? Billing.YES : Billing.NO;
    }

    private static Billing billing(int status) {
        return status == 408 || status == 504 || status == 524 ? Billing.UNKNOWN : Billing.NO;
    }

    private static boolean costs(Usage usage) {
        return usage.costUsd() != null && usage.costUsd().signum() > 0;
    }
}
