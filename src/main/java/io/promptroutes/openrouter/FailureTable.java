package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** Which {@link FailureKind} a status and an error body make: words of the stable vocabulary first, then the text. Stateless. */
final class FailureTable {

    private static final Pattern FREE_DAY = Pattern.compile("free[-_ ]models[-_ ]per[-_ ]day");
    private static final Pattern CONTEXT = Pattern.compile("context[ _-]?(length|window|limit|size)|maximum context"
            + "|too many (input |prompt )?tokens|(prompt|input) is too long|input token (count|limit)|maximum (input|prompt) length");
    private static final Pattern INVALID_MODEL = Pattern.compile("not a valid model|model_not_found|model .{1,100} does not exist");
    private static final Pattern POLICY = Pattern.compile("polic(y|ies)|flagged|safety|moderation");
    private static final Pattern KEY_LIMIT = Pattern.compile("key('s)? (spending |credit |usage )?limit");
    private static final Pattern BUDGET = Pattern.compile("budget|spending limit");
    private static final Pattern BLOCKED = Pattern.compile("request blocked|guardrail|moderation|flagged|content policy|prompt injection");
    private static final Pattern REGION = Pattern.compile("(your|this) (region|country|location)|country, region|unsupported_country");
    private static final Pattern BAD_KEY = Pattern.compile("(invalid|disabled|revoked|expired|deleted|unknown|incorrect) (api )?key"
            + "|key (is|was|has been|has) (invalid|not valid|disabled|revoked|expired|deleted)");
    private static final Pattern GONE = Pattern.compile(
            "deprecat|free (period|variant|version)|no longer (available|offered|supported)|does not exist|not found|retired|sunset|not a valid model");
    private static final Pattern PLAIN = Pattern.compile("no endpoints found for \\S+");
    private static final Pattern FILTERED = Pattern.compile("that (can|support)|matching|data policy|privacy|guardrail|max[ _]?price|constraint"
            + "|filter|allowed|ignored|parameter|quantization|region|zdr|zero data|tool|restrict");

    private FailureTable() {
    }

    static FailureKind kind(int status, ErrorBody body) {
        if (status == 429 && FREE_DAY.matcher(body.said() + body.metadata().path("limit_source").asText()).find()) {
            return FailureKind.FREE_LIMIT;
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
            case 401 -> body.isProviders() ? FailureKind.PROVIDER_ERROR : FailureKind.KEY_REFUSED;
            case 402 -> unpaid(body);
            case 403 -> forbidden(body);
            case 404 -> notFound(body);
            case 408 -> FailureKind.PROVIDER_ERROR;
            case 429 -> FailureKind.RATE_LIMITED;
            // an unknown model was a 500 until August 2026
            case 500 -> INVALID_MODEL.matcher(body.ownWords()).find() ? FailureKind.MODEL_GONE : FailureKind.PROVIDER_ERROR;
            default -> status >= 400 && status < 500 ? FailureKind.BAD_REQUEST : FailureKind.PROVIDER_ERROR;
        };
    }

    static boolean isAboutContext(ErrorBody body) {
        return CONTEXT.matcher(body.said()).find()
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
        if (body.words().contains("invalid_prompt") && POLICY.matcher(body.said()).find()) {
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
        if (INVALID_MODEL.matcher(body.ownWords()).find()) {
            return FailureKind.MODEL_GONE;
        }
        return isAboutContext(body) ? FailureKind.CONTEXT_LENGTH : FailureKind.BAD_REQUEST;
    }

    private static FailureKind unpaid(ErrorBody body) {
        if (body.isProviders()) {
            return FailureKind.PROVIDER_ERROR;
        }
        return body.affordableTokens() == null ? FailureKind.INSUFFICIENT_CREDIT : FailureKind.MAX_TOKENS_UNAFFORDABLE;
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
        if (KEY_LIMIT.matcher(said).find()) {
            return FailureKind.INSUFFICIENT_CREDIT;
        }
        if (!body.isProviders() && BUDGET.matcher(said).find()) {
            return FailureKind.ACCOUNT_BLOCKED;
        }
        if (BLOCKED.matcher(said).find()) {
            return FailureKind.MODERATION;
        }
        if (REGION.matcher(said).find()) {
            return FailureKind.NO_ENDPOINT;
        }
        if (body.isProviders()) {
            return FailureKind.PROVIDER_ERROR;
        }
        return BAD_KEY.matcher(said).find() ? FailureKind.KEY_REFUSED : FailureKind.ACCOUNT_BLOCKED;
    }

    private static FailureKind notFound(ErrorBody body) {
        if (body.form() != ErrorBody.Form.JSON || body.isProviders()) {
            // a wrong path, or a provider that lost its model: neither says that the model is gone for everybody
            return FailureKind.NO_ENDPOINT;
        }
        String said = body.ownWords();
        if (PLAIN.matcher(said).matches() || GONE.matcher(said).find()) {
            return FailureKind.MODEL_GONE;
        }
        return FILTERED.matcher(said).find() ? FailureKind.NO_ENDPOINT : FailureKind.MODEL_GONE;
    }
}
