package io.promptroutes.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.ledger.Crossing;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;

/** Writes what an operator should know at once as a CloudEvents 1.0 event. Stateless. */
public final class Alerts {

    public static final String TYPE = "promptroutes.alert.v1";

    /** What it is about. */
    public enum Kind {
        /** A budget has reached 50, 80 or 100 percent. */
        BUDGET,
        /** The credit that is left is below the threshold. */
        CREDIT,
        /** An hour's spending is far above the hours before. */
        SPIKE,
        /** No model of a prompt's chain answered; told once until one answers again. */
        CHAIN_FAILED,
        /** Everything waits: key refused, no credit, account blocked, OpenRouter unreachable. */
        PAUSED,
        /** Batches are refused for the key, the credit or the account; told once until they are taken again. */
        BATCHES
    }

    private Alerts() {
    }

    /**
     * @param subject what it concerns: a budget, a key, a prompt's id
     * @param data    adds the figures
     */
    public static byte[] of(Kind kind, String subject, String message, Consumer<ObjectNode> data, Instant now) {
        ObjectNode details = Json.MAPPER.createObjectNode().put("kind", kind.name().toLowerCase(Locale.ROOT)).put("message", message);
        data.accept(details);
        return CloudEvent.of(TYPE, UUID.randomUUID().toString(), subject, now, details);
    }

    /** A passed budget mark. */
    public static byte[] budget(Crossing crossing, Instant now) {
        Limit limit = crossing.limit();
        String scope = limit.scope().toString().toLowerCase(Locale.ROOT);
        String period = limit.period() == Period.JOB ? "job" : crossing.periodKey();
        String subject = (scope + " " + crossing.name()).strip() + " " + period;
        String message = (crossing.percent() == 100 ? "the budget for " + subject + " has no room for the next call" : crossing.percent()
                + " % of the budget for " + subject + " is gone") + ": $" + Usd.plain(crossing.spentUsd()) + " of $" + Usd.plain(limit.usd());
        return of(Kind.BUDGET, subject, message, alert -> {
            alert.put("scope", scope);
            alert.put("name", crossing.name());
            alert.put("period", period);
            alert.put("percent", crossing.percent());
            alert.put("spent_usd", Usd.of(crossing.spentUsd()));
            alert.put("limit_usd", Usd.of(limit.usd()));
        }, now);
    }
}
