package io.promptroutes.cost;

import java.math.BigDecimal;

/**
 * What a call cost.
 *
 * @param usd never negative, at most 18 digits after the point
 */
public record Cost(BigDecimal usd, CostSource source) {
}
