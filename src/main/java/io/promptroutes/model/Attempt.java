package io.promptroutes.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * A call that gave no answer, as a result's {@code fallback.attempts} tells it.
 *
 * @param status    HTTP status, or the code inside a 200; null where there was no response
 * @param kind      error class; not told by itself
 * @param error     error class and what the server said
 * @param latencyMs milliseconds from the start of the call to its failure
 * @param waitMs    milliseconds waited afterwards before the next call
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Attempt(String model, Integer status, @JsonIgnore String kind, String error, long latencyMs, long waitMs) {

    Attempt waited(long millis) {
        return new Attempt(model, status, kind, error, latencyMs, millis);
    }
}
