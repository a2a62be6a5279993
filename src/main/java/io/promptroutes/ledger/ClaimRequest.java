package io.promptroutes.ledger;

import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * What is to be claimed before a call.
 *
 * @param attempt       number of the call among the prompt's, from 1
 * @param fallbackLevel index of the model among those tried
 * @param model         the model to be called
 * @param reservedUsd   the most that the call can cost; 0 is never refused
 * @param reopen        also where the work is answered or dead-lettered already: {@code --retry-failed}, {@code --fresh}
 */
public record ClaimRequest(Work work, int attempt, int fallbackLevel, String model, BigDecimal reservedUsd, boolean reopen) {

    public ClaimRequest {
        Objects.requireNonNull(work);
        model = SqlDialect.storable(model);
        reservedUsd = Usd.checked(reservedUsd);
    }
}
