package io.promptroutes.ledger;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.math.BigDecimal;

/**
 * What was spent in a scope and period.
 *
 * @param pipeline    null where the scope has none; likewise the tenant and the model
 * @param periodKey   {@code 2026-11-22}, {@code 2026-11} or the job
 * @param heldUsd     reserved by calls whose cost is not known; counts as spent
 * @param reservedUsd reserved by calls that run now
 * @param limitUsd    the limit that holds there; null where there is none
 */
@JsonNaming(SnakeCaseStrategy.class)
public record BudgetState(
        Scope scope, String pipeline, String tenant, String model, Period period, String periodKey, BigDecimal spentUsd, BigDecimal heldUsd, BigDecimal reservedUsd,
        BigDecimal limitUsd) {

    /** Null where there is no limit. */
    @JsonProperty
    public BigDecimal leftUsd() {
        return limitUsd == null ? null : limitUsd.subtract(spentUsd).subtract(heldUsd).subtract(reservedUsd);
    }
}
