package io.promptroutes.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.math.BigDecimal;
import java.util.Map;

/**
 * What the simulator was asked and what it charged, at one moment; as JSON the body of {@code GET /simulator/bill}.
 * Immutable; money is USD, exact.
 *
 * @param requests    completion requests that arrived, refused ones included
 * @param inFlight    those of them that have no outcome yet; the bill is final when this is 0
 * @param completions generations that were billed, free models' included, whether or not the client got them
 * @param byModel     by the catalogue's id
 * @param byPrompt    by {@link Fingerprint}; empty unless recording
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Bill(long requests, long inFlight, long completions, BigDecimal billedUsd,
                   Map<String, Share> byModel, Map<String, Calls> byPrompt) {

    /** One model's part. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Share(long completions, BigDecimal billedUsd) {

        public Share and(Share more) {
            return new Share(completions + more.completions, billedUsd.add(more.billedUsd));
        }
    }

    /** One prompt's part: well-formed calls, and those of them that were billed. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Calls(long calls, @JsonProperty("billed_calls") long billed, BigDecimal billedUsd) {

        public Calls and(Calls more) {
            return new Calls(calls + more.calls, billed + more.billed, billedUsd.add(more.billedUsd));
        }
    }
}
