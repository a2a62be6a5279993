package io.promptroutes.openrouter;

import java.util.Locale;

/**
 * The error classes on which the routes branch (routes/fallback.camel.yaml holds what follows from each).
 * The lower-case names are the closed list of {@code fallback.reason} and, with those of {@code InvalidPrompt}, of {@code error.code}.
 */
public enum FailureKind {
    /** 400, 412, 413, 422: the request itself is at fault. */
    BAD_REQUEST,
    /** The prompt is longer than the model's context. */
    CONTEXT_LENGTH,
    /** 403 or an error type that says moderation, guardrail or content policy. */
    MODERATION,
    /** The model does not exist (any more), for anybody. */
    MODEL_GONE,
    /** No endpoint of this model takes this request: filters, privacy, region, tools, price. */
    NO_ENDPOINT,
    /** 401: the key is missing, wrong or deleted. */
    KEY_REFUSED,
    /** 403 for a workspace's budget or a missing permission. */
    ACCOUNT_BLOCKED,
    /** 402 that names the number of tokens that can be afforded. */
    MAX_TOKENS_UNAFFORDABLE,
    /** 402 for what this one request asks for, such as the length of its prompt: others may be paid. */
    REQUEST_UNAFFORDABLE,
    /** 402: no credit, or the key's limit is reached. */
    INSUFFICIENT_CREDIT,
    /** 429 of a provider or of a minute's cap. */
    RATE_LIMITED,
    /** 429 for the day's cap of the free models. */
    FREE_LIMIT,
    /** Our own wall clock ended the attempt. */
    TIMEOUT,
    /** No connection could be made, so nothing was sent. */
    UNREACHABLE,
    /** The connection broke after the request was sent. */
    CONNECTION,
    /** 408, 5xx, or such a code inside a 200. */
    PROVIDER_ERROR,
    /** 200 without an answer: no choices, cut or invalid JSON, no usage and no text. */
    INVALID_ANSWER,
    /** An answer that is not the JSON that {@code response_format} asks for. */
    INVALID_OUTPUT,
    /** The same, because it was cut at the output cap. */
    OUTPUT_CUT;

    /** The name on the wire. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
