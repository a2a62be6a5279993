package io.promptroutes.openrouter;

import java.util.Locale;

/** The words that error codes and types are made of: what they mean, and the HTTP status that they stand for. Stateless. */
final class ErrorVocabulary {

    private ErrorVocabulary() {
    }

    /** One spelling for {@code Rate-Limit exceeded} and {@code rate_limit_exceeded}. */
    static String word(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    }

    /** @return null for a word that says too little */
    static FailureKind kind(String word) {
        return switch (word) {
            case "context_length_exceeded", "token_limit_exceeded" -> FailureKind.CONTEXT_LENGTH;
            // the last two are the words of Azure and Alibaba, in metadata.raw
            case "content_policy_violation", "refusal", "content_filter", "data_inspection_failed" -> FailureKind.MODERATION;
            case "model_not_found", "model_deprecated", "model_unavailable_upstream", "free_variant_ended", "no_endpoints" ->
                FailureKind.MODEL_GONE;
            // in the first case the model lives, but is none for chats
            case "wrong_endpoint", "privacy_restricted", "constraint_filtered", "region_restricted" -> FailureKind.NO_ENDPOINT;
            case "image_not_found", "max_tokens_exceeded" -> FailureKind.BAD_REQUEST;
            case "capacity_exhausted" -> FailureKind.RATE_LIMITED;
            case "temporarily_unavailable" -> FailureKind.PROVIDER_ERROR;
            default -> null;
        };
    }

    /** @return null for an unknown word */
    static Integer status(String word) {
        return switch (word) {
            case "invalid_request", "invalid_request_error", "bad_request", "invalid_prompt", "context_length_exceeded",
                    "token_limit_exceeded", "max_tokens_exceeded", "string_too_long", "content_policy_violation", "refusal",
                    "content_filter", "data_inspection_failed", "invalid_image", "image_too_large", "image_too_small",
                    "unsupported_image_format", "image_download_failed", "model_not_found", "wrong_endpoint" -> 400;
            case "authentication", "authentication_error", "invalid_api_key", "unauthorized" -> 401;
            case "payment_required", "insufficient_credits", "insufficient_quota", "quota_exceeded" -> 402;
            case "permission_denied", "permission_error", "forbidden", "region_restricted" -> 403;
            case "not_found", "not_found_error", "image_not_found", "no_endpoints", "model_deprecated", "model_unavailable_upstream",
                    "privacy_restricted", "constraint_filtered", "free_variant_ended" -> 404;
            case "request_timeout" -> 408;
            case "precondition_failed" -> 412;
            case "payload_too_large", "request_too_large" -> 413;
            case "unprocessable", "unprocessable_entity" -> 422;
            case "rate_limit_exceeded", "rate_limit_error", "rate_limited", "too_many_requests", "capacity_exhausted",
                    "resource_exhausted" -> 429;
            case "server", "server_error", "internal_error", "internal_server_error", "api_error", "unmapped" -> 500;
            case "provider_unavailable", "bad_gateway" -> 502;
            case "provider_overloaded", "overloaded", "overloaded_error", "service_unavailable", "temporarily_unavailable" -> 503;
            case "timeout", "timeout_error", "gateway_timeout" -> 504;
            default -> null;
        };
    }
}
