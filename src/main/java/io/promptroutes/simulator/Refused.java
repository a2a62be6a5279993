package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** An error answer in OpenRouter's envelope, thrown where it is found out. Has no stack trace: it is an answer, not a mishap. */
public final class Refused extends Exception {

    private final int status;
    private final transient ObjectNode metadata;
    private final transient Map<String, String> headers;
    private transient ObjectNode availability;
    private boolean withCode = true;

    public Refused(int status, String message) {
        this(status, message, null, Map.of());
    }

    /** @param metadata null where the envelope has none */
    private Refused(int status, String message, ObjectNode metadata, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.metadata = metadata;
        this.headers = headers;
    }

    public static Refused payment(String message) {
        return new Refused(402, message, metadata("payment_required", null), Map.of());
    }

    static Refused flagged(String model) {
        return new Refused(403, model + " requires moderation. Your input was flagged for \"violence\".", Delivery.body("""
                {"error_type": "content_policy_violation", "provider_name": "Simulated", "model_slug": %s, "flagged_input": "(simulated)",
                 "reasons": ["violence"]}
                """, model), Map.of());
    }

    static Refused rateLimited(String model, long retryAfterSeconds) {
        return new Refused(429, "Provider returned error",
                metadata("rate_limit_exceeded", "Simulated").put("raw", model + " is temporarily rate-limited upstream"),
                Map.of("Retry-After", Long.toString(retryAfterSeconds)));
    }

    /** With or without a time to wait. */
    public static Refused tooMany(String message, Long retryAfterSeconds) {
        return new Refused(429, message, null, retryAfterSeconds == null ? Map.of() : Map.of("Retry-After", Long.toString(retryAfterSeconds)));
    }

    static Refused freeDailyCap(Instant now) {
        long reset = now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(1)).toEpochMilli();
        Map<String, String> headers = Map.of("X-RateLimit-Limit", "50", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", Long.toString(reset));
        ObjectNode metadata = metadata("rate_limit_exceeded", null);
        headers.forEach(metadata.putObject("headers")::put);
        return new Refused(429, "Rate limit exceeded: free-models-per-day.", metadata, headers);
    }

    /** No endpoint is left of those that there are. */
    static Refused filtered(String model, String by) {
        Refused refused = new Refused(404, "No endpoints found for " + model + " that match the request.").withoutCode();
        refused.availability = Delivery.body("""
                {"code": "constraint_filtered", "retryable": false, "requested_models": [%s], "excluded_by": [%s]}""", model, by);
        return refused;
    }

    /** The endpoints that are left are full. */
    static Refused exhausted(String model, String tag, long retryAfterSeconds) {
        Refused refused = tooMany(model + " has no capacity left", retryAfterSeconds).withoutCode();
        refused.availability = Delivery.body("""
                {"code": "capacity_exhausted", "retryable": true, "retry_after": %s, "requested_models": [%s], "affected_providers": [%s]}
                """, retryAfterSeconds, model, tag);
        return refused;
    }

    static Refused serverError() {
        return new Refused(502, "Provider returned error", metadata("provider_unavailable", "Simulated"), Map.of());
    }

    private static ObjectNode metadata(String errorType, String provider) {
        return Delivery.body("""
                {"error_type": %s, "provider_name": %s}""", errorType, provider);
    }

    /** The same, whose body does not repeat the status. */
    public Refused withoutCode() {
        withCode = false;
        return this;
    }

    public int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    public ObjectNode body() {
        ObjectNode body = Delivery.body("""
                {"error": {"code": %s, "message": %s}}""", status, getMessage() + " [simulated]");
        if (!withCode) {
            body.withObject("error").remove("code");
        }
        if (availability != null) {
            body.withObject("error").put("error_type", status == 404 ? "not_found" : "rate_limit_exceeded").put("http_status", status)
                    .set("availability", availability);
        }
        if (metadata != null) {
            body.withObject("error").set("metadata", metadata);
        }
        return body;
    }
}
