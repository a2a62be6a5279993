package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** What can be an amount in the ledger's columns. Stateless. */
final class Amounts {

    /** Digits after the point of NUMERIC(38,18). */
    private static final int SCALE = 18;
    private static final BigDecimal TOO_MUCH = BigDecimal.TEN.pow(15);

    private Amounts() {
    }

    /** Fails for what no column could hold. Finer than the column is rounded up: never less than what may be spent. */
    static BigDecimal checked(BigDecimal usd) {
        if (usd.signum() < 0 || usd.compareTo(TOO_MUCH) >= 0) {
            throw new IllegalArgumentException("no amount in USD: it is negative, or too large");
        }
        return usd.scale() > SCALE ? usd.setScale(SCALE, RoundingMode.CEILING) : usd;
    }
}
