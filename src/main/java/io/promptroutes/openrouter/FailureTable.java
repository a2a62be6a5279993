package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/** Which {@link FailureKind} a status and an error body make: words of the stable vocabulary first, then the text. Stateless. */
final class FailureTable {

    private FailureTable() {
    }

    static FailureKind kind(int status, ErrorBody body) {
        if (status == 429 && ErrorPhrase.FREE_DAY.in(body.said() + body.metadata().path("limit_source").asText())) {
            return FailureKind.FREE_LIMIT;
        }
        if (status != 402 && saysNoCredit(body)) {
            return body.isProviders() ? FailureKind.PROVIDER_ERROR : FailureKind.INSUFFICIENT_CREDIT;
        }
        FailureKind named = byWords(status, body);
        if (named == null && body.retryable() != null) {
            named = byRetryable(status, body.retryable());
        }
        return named != null ? named : byStatus(status, body);
    }

    private static FailureKind byStatus(int status, ErrorBody body) {
        return switch (status) {
            case 400, 422 -> refused(body);
            case 401 -> unauthorized(body);
            case 402 -> unpaid(body);
            case 403 -> forbidden(body);
            case 404 -> notFound(body);
            case 408 -> FailureKind.PROVIDER_ERROR;
            case 429 -> FailureKind.RATE_LIMITED;
            // an unknown model was a 500 until August 2026
            case 500 -> ErrorPhrase.INVALID_MODEL.in(body.ownWords()) ? FailureKind.MODEL_GONE : FailureKind.PROVIDER_ERROR;
            default -> status >= 400 && status < 500 ? FailureKind.BAD_REQUEST : FailureKind.PROVIDER_ERROR;
        };
    }

    static boolean isAboutContext(ErrorBody body) {
        return ErrorPhrase.CONTEXT.in(body.said())
                || body.words().stream().map(ErrorVocabulary::kind).anyMatch(k -> k == FailureKind.CONTEXT_LENGTH);
    }

    private static FailureKind byWords(int status, ErrorBody body) {
        JsonNode availability = body.availability();
        boolean byStatusAlone = status == 401 || status == 402 || status == 408 || status == 413 || status == 429;
        if (byStatusAlone && !availability.isObject()) {
            return null;
        }
        for (String word : body.words()) {
            FailureKind kind = ErrorVocabulary.kind(word);
            if (kind != null) {
                boolean filtered = word.equals("no_endpoints")
                        && (!availability.path("excluded_by").isEmpty() || availability.hasNonNull("constraint"));
                return filtered ? FailureKind.NO_ENDPOINT : kind;
            }
        }
        if (body.words().contains("invalid_prompt") && ErrorPhrase.POLICY.in(body.said())) {
            return FailureKind.MODERATION;
        }
        // what a provider calls its models, nobody else needs to know
        return body.upstream().words().stream().map(ErrorVocabulary::kind)
                .filter(k -> k == FailureKind.CONTEXT_LENGTH || k == FailureKind.MODERATION).findFirst().orElse(null);
    }

    /** An availability code of tomorrow: retryable means a passing trouble, else this model does not take this request. */
    private static FailureKind byRetryable(int status, boolean retryable) {
        if (status == 401 || status == 402 || status == 429 || status == 404 && !retryable) {
            return null;
        }
        return retryable ? FailureKind.PROVIDER_ERROR : FailureKind.NO_ENDPOINT;
    }

    private static FailureKind refused(ErrorBody body) {
        if (ErrorPhrase.INVALID_MODEL.in(body.ownWords())) {
            return FailureKind.MODEL_GONE;
        }
        return isAboutContext(body) ? FailureKind.CONTEXT_LENGTH : FailureKind.BAD_REQUEST;
    }

    /** Whoever pays has no money left, whatever status was made of it. */
    private static boolean saysNoCredit(ErrorBody body) {
        List<String> words = Stream.of(body.words(), body.upstream().words()).flatMap(List::stream).toList();
        return words.stream().map(ErrorVocabulary::kind).anyMatch(kind -> kind == FailureKind.INSUFFICIENT_CREDIT)
                || ErrorPhrase.NO_CREDIT.in(body.tellingWords()) && !ErrorPhrase.PASSING.in(body.tellingWords() + words);
    }

    private static FailureKind unauthorized(ErrorBody body) {
        if (body.isProviders()) {
            return FailureKind.PROVIDER_ERROR;
        }
        return ErrorPhrase.MODEL_DENIED.in(body.ownWords()) ? FailureKind.NO_ENDPOINT : FailureKind.KEY_REFUSED;
    }

    private static FailureKind unpaid(ErrorBody body) {
        String said = body.said();
        if (body.affordableTokens() != null) {
            return FailureKind.MAX_TOKENS_UNAFFORDABLE;
        }
        if (ErrorPhrase.ONE_REQUEST.in(said) && !ErrorPhrase.NOTHING_LEFT.in(said)) {
            return FailureKind.REQUEST_UNAFFORDABLE;
        }
        return body.isProviders() ? FailureKind.PROVIDER_ERROR : FailureKind.INSUFFICIENT_CREDIT;
    }

    private static FailureKind forbidden(ErrorBody body) {
        if (body.form() == ErrorBody.Form.TEXT) {
            // a page of the edge: OpenRouter itself answers in JSON
            return FailureKind.PROVIDER_ERROR;
        }
        JsonNode metadata = body.metadata();
        if (!metadata.path("reasons").isEmpty() || metadata.hasNonNull("flagged_input") || !metadata.path("patterns").isEmpty()) {
            return FailureKind.MODERATION;
        }
        String said = body.said();
        if (ErrorPhrase.KEY_LIMIT.in(said)) {
            return FailureKind.INSUFFICIENT_CREDIT;
        }
        boolean ofModel = ErrorPhrase.MODEL.in(said);
        if (!body.isProviders() && !ofModel && ErrorPhrase.BUDGET.in(said)) {
            return FailureKind.ACCOUNT_BLOCKED;
        }
        if (ErrorPhrase.BLOCKED.in(said) && !ErrorPhrase.MODEL_DENIED.in(said)) {
            return FailureKind.MODERATION;
        }
        if (ofModel || ErrorPhrase.REGION.in(said)) {
            return FailureKind.NO_ENDPOINT;
        }
        if (body.isProviders()) {
            return FailureKind.PROVIDER_ERROR;
        }
        return ErrorPhrase.BAD_KEY.in(said) ? FailureKind.KEY_REFUSED : FailureKind.ACCOUNT_BLOCKED;
    }

    private static FailureKind notFound(ErrorBody body) {
        if (body.form() != ErrorBody.Form.JSON || body.isProviders()) {
            // a wrong path, or a provider that lost its model: neither says that the model is gone for everybody
            return FailureKind.NO_ENDPOINT;
        }
        String said = body.ownWords();
        if (ErrorPhrase.PLAIN.in(said) || ErrorPhrase.GONE.in(said)) {
            return FailureKind.MODEL_GONE;
        }
        return ErrorPhrase.FILTERED.in(said) ? FailureKind.NO_ENDPOINT : FailureKind.MODEL_GONE;
    }
}
