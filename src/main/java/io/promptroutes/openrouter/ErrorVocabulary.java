package io.promptroutes.openrouter;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The words that error codes and types are made of: what they mean, and the HTTP status that they stand for. Stateless. */
final class ErrorVocabulary {

    private static final Map<String, FailureKind> KINDS = Map.ofEntries(
            Map.entry("context_length_exceeded", FailureKind.CONTEXT_LENGTH),
            Map.entry("token_limit_exceeded", FailureKind.CONTEXT_LENGTH),
            Map.entry("content_policy_violation", FailureKind.MODERATION),
            Map.entry("refusal", FailureKind.MODERATION),
            // the words of Azure and Alibaba, in metadata.raw
            Map.entry("content_filter", FailureKind.MODERATION),
            Map.entry("data_inspection_failed", FailureKind.MODERATION),
            Map.entry("model_not_found", FailureKind.MODEL_GONE),
            Map.entry("model_deprecated", FailureKind.MODEL_GONE),
            Map.entry("model_unavailable_upstream", FailureKind.MODEL_GONE),
            Map.entry("free_variant_ended", FailureKind.MODEL_GONE),
            Map.entry("no_endpoints", FailureKind.MODEL_GONE),
            // the model lives, but is none for chats
            Map.entry("wrong_endpoint", FailureKind.NO_ENDPOINT),
            Map.entry("privacy_restricted", FailureKind.NO_ENDPOINT),
            Map.entry("constraint_filtered", FailureKind.NO_ENDPOINT),
            Map.entry("region_restricted", FailureKind.NO_ENDPOINT),
            Map.entry("image_not_found", FailureKind.BAD_REQUEST),
            Map.entry("max_tokens_exceeded", FailureKind.BAD_REQUEST),
            Map.entry("capacity_exhausted", FailureKind.RATE_LIMITED),
            Map.entry("temporarily_unavailable", FailureKind.PROVIDER_ERROR));

    private static final Map<String, Integer> STATUSES = statuses();

    private ErrorVocabulary() {
    }

    /** One spelling for {@code Rate-Limit exceeded} and {@code rate_limit_exceeded}. */
    static String word(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    }

    /** @return null for a word that says too little */
    static FailureKind kind(String word) {
        return KINDS.get(word);
    }

    /** @return null for an unknown word */
    static Integer status(String word) {
        return STATUSES.get(word);
    }

    private static Map<String, Integer> statuses() {
        Map<String, Integer> statuses = new HashMap<>();
        put(statuses, 400, "invalid_request", "invalid_request_error", "bad_request", "invalid_prompt", "context_length_exceeded",
                "token_limit_exceeded", "max_tokens_exceeded", "string_too_long", "content_policy_violation", "refusal", "content_filter",
                "data_inspection_failed", "invalid_image", "image_too_large", "image_too_small", "unsupported_image_format",
                "image_download_failed", "model_not_found", "wrong_endpoint");
        put(statuses, 401, "authentication", "authentication_error", "invalid_api_key", "unauthorized");
        put(statuses, 402, "payment_required", "insufficient_credits", "insufficient_quota", "quota_exceeded");
        put(statuses, 403, "permission_denied", "permission_error", "forbidden", "region_restricted");
        put(statuses, 404, "not_found", "not_found_error", "image_not_found", "no_endpoints", "model_deprecated",
                "model_unavailable_upstream", "privacy_restricted", "constraint_filtered", "free_variant_ended");
        put(statuses, 408, "request_timeout");
        put(statuses, 412, "precondition_failed");
        put(statuses, 413, "payload_too_large", "request_too_large");
        put(statuses, 422, "unprocessable", "unprocessable_entity");
        put(statuses, 429, "rate_limit_exceeded", "rate_limit_error", "rate_limited", "too_many_requests", "capacity_exhausted",
                "resource_exhausted");
        put(statuses, 500, "server", "server_error", "internal_error", "internal_server_error", "api_error", "unmapped");
        put(statuses, 502, "provider_unavailable", "bad_gateway");
        put(statuses, 503, "provider_overloaded", "overloaded", "overloaded_error", "service_unavailable", "temporarily_unavailable");
        put(statuses, 504, "timeout", "timeout_error", "gateway_timeout");
        return Map.copyOf(statuses);
    }

    private static void put(Map<String, Integer> statuses, int status, String... words) {
        for (String word : words) {
            statuses.put(word, status);
        }
    }
}
