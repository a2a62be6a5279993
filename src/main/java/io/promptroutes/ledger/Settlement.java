package io.promptroutes.ledger;

import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usage;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Shown;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * What became of a call. All but the state may be null.
 *
 * @param costUsd   0 for a call that was not billed; null where it is not known: the reserved amount counts as spent until it is
 * @param latencyMs of the call, in milliseconds
 * @param event     the cost event as JSON
 * @param reason    why it failed or, of an answer of another model than the first, why that one did not answer: a failure's name
 * @param unsent    whether the event is still to be sent
 * @param tier      the service tier that served it, in the words of the service
 */
public record Settlement(
        State state,
        String generationId,
        String servedModel,
        String provider,
        Usage usage,
        BigDecimal costUsd,
        CostSource costSource,
        Long latencyMs,
        byte[] event,
        String reason,
        boolean unsent,
        String tier) {

    /** How the call ended. */
    public enum State { SUCCEEDED, FAILED, UNKNOWN }

    public Settlement {
        Objects.requireNonNull(state);
        servedModel = Shown.of(servedModel, Shown.NAME);
        provider = Shown.of(provider, Shown.NAME);
        tier = Shown.of(tier, Shown.NAME);
        costUsd = costUsd == null ? null : Usd.checked(costUsd);
    }

    /** One whose event, if there is one, is nobody's to send. */
    public Settlement(State state, String generationId, String servedModel, String provider, Usage usage, BigDecimal costUsd, CostSource costSource, Long latencyMs,
            byte[] event, String reason) {
        this(state, generationId, servedModel, provider, usage, costUsd, costSource, latencyMs, event, reason, false, null);
    }

    /** A call that failed and was not billed. */
    public static Settlement notBilled(long latencyMs, String reason) {
        return new Settlement(State.FAILED, null, null, null, null, BigDecimal.ZERO, null, latencyMs, null, reason);
    }
}
