package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.cost.Usage;
import java.time.Duration;
import java.util.function.Function;

/**
 * Judges responses that are no answers: what kind of failure, whether it was billed, how long to wait, what to tell. Thread-safe.
 *
 * <p>{@code details.retryable} is what {@code error.availability} says. Where that is silent it is TRUE for a 400 that came from one
 * provider and a 413 over the context: the request as such is fine and another model may take it.
 */
final class ErrorClassifier {

    private static final int LIKE_BAD_GATEWAY = 502;

    private final RetryAfter retryAfter;

    ErrorClassifier(RetryAfter retryAfter) {
        this.retryAfter = retryAfter;
    }

    /** @param root the body as JSON, or null where it is none */
    CallFailed refused(int status, Function<String, String> header, JsonNode root, byte[] body) {
        JsonNode object = root != null && root.isArray() ? root.path(0) : root;
        ErrorBody error = object == null ? ErrorBody.unreadable(body)
                : ErrorBody.json(object, object.isTextual() ? object : object.get("error"));
        Usage usage = object == null ? null : UsageReader.read(object.path("usage"));
        return judged(status, status, header, object, error, usage, billing(status));
    }

    /**
     * An error inside a 200.
     *
     * @param error   where the body has one; null where only the finish reason tells
     * @param insured the finish reason is {@code error}: what OpenRouter names no cost for, it does not charge
     */
    CallFailed inside(int status, Function<String, String> header, JsonNode root, JsonNode error, Usage usage, boolean insured) {
        ErrorBody body = error != null ? ErrorBody.json(root, error)
                : ErrorBody.text(ErrorBody.Form.TEXT, "The provider ended the answer with an error");
        int like = body.code() == null ? LIKE_BAD_GATEWAY : body.code();
        Usage billed = insured && usage != null && !costs(usage) ? null : usage;
        Billing otherwise = insured ? Billing.NO : billing(like);
        return judged(body.code() == null ? status : like, like, header, root, body, billed, otherwise);
    }

    /** A 200 that is neither an answer nor tells an error. */
    CallFailed invalid(int status, Function<String, String> header, JsonNode root, Usage usage, Billing otherwise, String message) {
        Billing billing = billing(usage, otherwise);
        return new CallFailed(new CallFailed.Details(FailureKind.INVALID_ANSWER, status, message, billing, null, null,
                generationId(root, header), provider(root, header), billing == Billing.YES ? usage : null, null));
    }

    /** @return the body's id, else that of the header, which is there even where the body was cut; null without both */
    static String generationId(JsonNode root, Function<String, String> header) {
        String id = root == null ? null : Nodes.text(root.path("id"));
        return id != null ? id : blankToNull(header.apply("X-Generation-Id"));
    }

    static String provider(JsonNode root, Function<String, String> header) {
        String provider = root == null ? null : Nodes.text(root.path("provider"));
        return provider != null ? provider : blankToNull(header.apply("X-Provider-Name"));
    }

    private CallFailed judged(int status, int like, Function<String, String> header, JsonNode root, ErrorBody error, Usage usage,
            Billing otherwise) {
        FailureKind kind = FailureTable.kind(like, error);
        Billing billing = billing(usage, otherwise);
        Duration wait = retryAfter.of(header, error.error(), kind == FailureKind.FREE_LIMIT);
        String message = ErrorText.of(error.telling(), error.metadata());
        return new CallFailed(new CallFailed.Details(kind, status,
                message == null ? "HTTP " + status + " without a readable message" : message, billing, wait,
                kind == FailureKind.MAX_TOKENS_UNAFFORDABLE ? AffordableTokens.in(error.said()) : null, generationId(root, header),
                error.provider() != null ? error.provider() : provider(root, header), billing == Billing.YES ? usage : null,
                retryable(like, kind, error)));
    }

    private static Boolean retryable(int like, FailureKind kind, ErrorBody error) {
        if (error.saysRetryable()) {
            return error.retryable();
        }
        boolean otherModel = kind == FailureKind.BAD_REQUEST
                && (like == 400 && error.provider() != null || like == 413 && FailureTable.isAboutContext(error));
        return otherModel ? Boolean.TRUE : null;
    }

    /** A body that says what it cost beats every rule about statuses; one that says "nothing" too. */
    private static Billing billing(Usage usage, Billing otherwise) {
        if (usage == null) {
            return otherwise;
        }
        if (usage.costUsd() != null) {
            return costs(usage) ? Billing.YES : Billing.NO;
        }
        return usage.completionTokens() > 0 ? Billing.YES : otherwise;
    }

    private static Billing billing(int status) {
        return status == 408 || status == 504 || status == 524 ? Billing.UNKNOWN : Billing.NO;
    }

    private static boolean costs(Usage usage) {
        return usage.costUsd() != null && usage.costUsd().signum() > 0;
    }

    private static String blankToNull(String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
