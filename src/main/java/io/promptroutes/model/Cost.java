package io.promptroutes.model;

import java.math.BigDecimal;

/**
 * What a call cost.
 *
 * @param usd     never negative, at most 18 digits after the point
 * @param instead what was counted here in place of a usage that nobody can believe; else null
 */
public record Cost(BigDecimal usd, CostSource source, Usage instead) {

    public Cost(BigDecimal usd, CostSource source) {
        this(usd, source, null);
    }
}
