package io.promptroutes.routing;

/**
 * A call that gave no answer, as a result's {@code fallback.attempts} tells it.
 *
 * @param status    HTTP status, or the code inside a 200; null where there was no response
 * @param error     error class and what the server said
 * @param latencyMs milliseconds from the start of the call to its failure
 * @param waitMs    milliseconds waited afterwards before the next call
 */
public record Attempt(String model, Integer status, String kind, String error, long latencyMs, long waitMs) {

    Attempt waited(long millis) {
        return new Attempt(model, status, kind, error, latencyMs, millis);
    }
}
