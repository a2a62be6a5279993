package io.promptroutes.call;

import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The error classes, each with the exception that the routes branch on (routes/engine/fallback.camel.yaml holds what follows from each).
 * The lower-case names are the closed list of {@code fallback.reason} and, with those of {@code InvalidPrompt}, of {@code error.code}.
 */
public enum FailureKind {
    /** 400, 412, 413, 422: the request itself is at fault. */
    BAD_REQUEST(CallFailed.BadRequest::new),
    /** The prompt is longer than the model's context. */
    CONTEXT_LENGTH(CallFailed.ContextLength::new),
    /** 403 or an error type that says moderation, guardrail or content policy. */
    MODERATION(CallFailed.Moderation::new),
    /** The model does not exist (any more), for anybody. */
    MODEL_GONE(CallFailed.ModelGone::new),
    /** No endpoint of this model takes this request: filters, privacy, region, tools, price. */
    NO_ENDPOINT(CallFailed.NoEndpoint::new),
    /** 401: the key is missing, wrong or deleted. */
    KEY_REFUSED(CallFailed.KeyRefused::new, Trait.NOBODYS_FAULT),
    /** 403 for a workspace's budget or a missing permission. */
    ACCOUNT_BLOCKED(CallFailed.AccountBlocked::new, Trait.NOBODYS_FAULT),
    /** 402 that names the number of tokens that can be afforded. */
    MAX_TOKENS_UNAFFORDABLE(CallFailed.MaxTokensUnaffordable::new, Trait.NOBODYS_FAULT, Trait.OF_ONE_REQUEST, Trait.RETRYABLE),
    /** 402 for what this one request asks for, such as the length of its prompt: others may be paid. */
    REQUEST_UNAFFORDABLE(CallFailed.RequestUnaffordable::new, Trait.NOBODYS_FAULT, Trait.OF_ONE_REQUEST, Trait.RETRYABLE),
    /** 402: no credit, or the key's limit is reached. */
    INSUFFICIENT_CREDIT(CallFailed.InsufficientCredit::new, Trait.NOBODYS_FAULT, Trait.RETRYABLE),
    /** 429 of a provider or of a minute's cap. */
    RATE_LIMITED(CallFailed.RateLimited::new, Trait.RETRYABLE),
    /** 429 for the day's cap of the free models. */
    FREE_LIMIT(CallFailed.FreeLimit::new, Trait.RETRYABLE),
    /** Our own wall clock ended the attempt. */
    TIMEOUT(CallFailed.Timeout::new, Trait.OF_THE_MODEL, Trait.RETRYABLE),
    /** No connection could be made, so nothing was sent. */
    UNREACHABLE(CallFailed.Unreachable::new, Trait.NOBODYS_FAULT, Trait.RETRYABLE),
    /** The connection broke after the request was sent. */
    CONNECTION(CallFailed.Connection::new, Trait.OF_THE_MODEL, Trait.RETRYABLE),
    /** 408, 5xx, or such a code inside a 200. */
    PROVIDER_ERROR(CallFailed.ProviderError::new, Trait.OF_THE_MODEL, Trait.RETRYABLE),
    /** 200 without an answer: no choices, cut or invalid JSON, no usage and no text. */
    INVALID_ANSWER(CallFailed.InvalidAnswer::new, Trait.OF_THE_MODEL, Trait.RETRYABLE),
    /** An answer that is not the JSON that {@code response_format} asks for. */
    INVALID_OUTPUT(CallFailed.InvalidOutput::new, Trait.REJECTED),
    /** The same, because it was cut at the output cap. */
    OUTPUT_CUT(CallFailed.OutputCut::new, Trait.REJECTED);

    /** What holds for some kinds, whatever their clause makes of them. */
    public enum Trait {
        /** Neither the request nor the account was at fault: the model's circuit breaker counts it. */
        OF_THE_MODEL,
        /** The same prompt may be answered later. */
        RETRYABLE,
        /** It lies with the account or the connection: a chain of nothing else is put back, never dead-lettered. */
        NOBODYS_FAULT,
        /** Of those, what is said of one request: where it comes last, another request may be paid. */
        OF_ONE_REQUEST,
        /** There was an answer, which was paid. */
        REJECTED
    }

    private final Supplier<CallFailed> exception;
    private final Set<Trait> traits;

    FailureKind(Supplier<CallFailed> exception, Trait... traits) {
        this.exception = exception;
        this.traits = Set.of(traits);
    }

    /** @throws IllegalArgumentException for a name on the wire that is none */
    public static FailureKind named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /** Of the kind's own class. */
    CallFailed exception() {
        return exception.get();
    }

    /** That a clause of the routes has to name. */
    public Class<? extends Exception> exceptionClass() {
        return exception().getClass();
    }

    /** The name on the wire. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
