package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * How a piece of work ended.
 *
 * @param answered false for a dead letter
 * @param json     the result or dead letter as published
 * @param model    the model that answered, or null
 * @param costUsd  all calls of the prompt together, as far as known
 */
public record Finish(boolean answered, byte[] json, String model, BigDecimal costUsd) {

    public Finish {
        Objects.requireNonNull(json);
        costUsd = Amounts.checked(costUsd);
    }

    public static Finish answered(byte[] json, String model, BigDecimal costUsd) {
        return new Finish(true, json, model, costUsd);
    }

    public static Finish deadLetter(byte[] json, BigDecimal costUsd) {
        return new Finish(false, json, null, costUsd);
    }
}
