package io.promptroutes.ledger;

import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * How a piece of work ended.
 *
 * @param answered false for a dead letter
 * @param json     the result or dead letter as published
 * @param model    the model that answered, or null
 * @param costUsd  all calls of the prompt together, as far as known
 * @param reopen   also where the work is answered or dead-lettered already
 * @param question what the answer may be given to again, or null
 * @param checked  false where it is still to be seen whether the answer is what was asked for: it is kept, and the work stays open
 */
public record Finish(boolean answered, byte[] json, String model, BigDecimal costUsd, boolean reopen, Question question, boolean checked) {

    /**
     * @param key     the same for every prompt that may be given this answer
     * @param costUsd of the call that answered it
     */
    public record Question(String key, BigDecimal costUsd) {
    }

    public Finish {
        Objects.requireNonNull(json);
        costUsd = Usd.checked(costUsd);
    }

    public static Finish answered(byte[] json, String model, BigDecimal costUsd) {
        return new Finish(true, json, model, costUsd, false, null, true);
    }

    public static Finish deadLetter(byte[] json, BigDecimal costUsd) {
        return new Finish(false, json, null, costUsd, false, null, true);
    }

    /** In place of an earlier end. */
    public Finish again() {
        return new Finish(answered, json, model, costUsd, true, question, checked);
    }

    /** To be kept for other prompts too. @param usd of the call; null counts as nothing */
    public Finish reusable(String key, BigDecimal usd) {
        return new Finish(answered, json, model, costUsd, reopen, new Question(key, Usd.checked(usd == null ? BigDecimal.ZERO : usd)), checked);
    }

    /** Kept for the case that the process dies while it is checked. */
    public Finish unchecked() {
        return new Finish(answered, json, model, costUsd, reopen, null, false);
    }
}
