package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How amounts in USD are rounded everywhere: at most 18 digits after the point, no trailing zeros. They are written with
 * {@code Json.MAPPER} or {@link #plain}, since {@code toString} gives small ones an exponent.
 */
public final class Usd {

    private static final int DIGITS = 18;
    /** Powers of ten between which an amount lies; one beyond is an error, and would take all memory to write out. */
    private static final long SMALLEST = -30;
    private static final long LARGEST = 6;
    private static final int LONGEST = 60;
    private static final BigDecimal TOO_MUCH = BigDecimal.TEN.pow(15);

    private Usd() {
    }

    /** Whether a figure from outside can be an amount: not negative, and of a size that prices and costs have. */
    public static boolean plausible(BigDecimal figure) {
        long magnitude = (long) figure.precision() - figure.scale();
        return figure.signum() == 0
                || figure.signum() > 0 && magnitude >= SMALLEST && magnitude <= LARGEST && figure.precision() <= LONGEST;
    }

    /** What is left of an account; null where either amount is none. */
    public static BigDecimal left(JsonNode bought, JsonNode used) {
        BigDecimal most = Json.number(bought);
        BigDecimal gone = Json.number(used);
        return most == null || gone == null ? null : most.subtract(gone);
    }

    /** Rounds half up: for what was spent. */
    public static BigDecimal of(BigDecimal amount) {
        return round(amount, RoundingMode.HALF_UP);
    }

    /** Never below the amount: for what is set aside. */
    static BigDecimal atLeast(BigDecimal amount) {
        return round(amount, RoundingMode.CEILING);
    }

    /** Fails for what the ledger cannot hold. What is finer is rounded up: never less than what may be spent. */
    public static BigDecimal checked(BigDecimal amount) {
        if (amount.signum() < 0 || amount.compareTo(TOO_MUCH) >= 0) {
            throw new IllegalArgumentException("no amount in USD: it is negative, or too large");
        }
        return amount.scale() > DIGITS ? amount.setScale(DIGITS, RoundingMode.CEILING) : amount;
    }

    /** As people read it. */
    public static String plain(BigDecimal amount) {
        return amount.stripTrailingZeros().toPlainString();
    }

    private static BigDecimal round(BigDecimal amount, RoundingMode mode) {
        BigDecimal rounded = (amount.scale() <= DIGITS ? amount : amount.setScale(DIGITS, mode)).stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }
}
