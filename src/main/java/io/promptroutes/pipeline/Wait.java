package io.promptroutes.pipeline;

import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.Variables;
import org.apache.camel.Exchange;

/**
 * A prompt waits, in variable {@code wait}. Immutable.
 *
 * @param reason as {@link JobStatistics} counts it
 * @param then   where it goes on
 */
public record Wait(long millis, String reason, Outcome then) {

    private static final long LOOK_AGAIN = 1_000;

    /** While nothing may be called. */
    static Outcome paused(Exchange exchange, Outcome then) {
        return begin(exchange, LOOK_AGAIN, JobStatistics.PAUSED, then);
    }

    static Outcome forAnother(Exchange exchange, Outcome then) {
        return begin(exchange, LOOK_AGAIN, JobStatistics.ANOTHER_PROCESS, then);
    }

    /** The one that was begun leads there. */
    static Outcome instead(Exchange exchange, Outcome then) {
        Wait begun = exchange.getVariable(Variables.WAIT, Wait.class);
        return begin(exchange, begun.millis(), begun.reason(), then);
    }

    static Outcome begin(Exchange exchange, long millis, String reason, Outcome then) {
        exchange.setVariable(Variables.WAIT, new Wait(millis, reason, then));
        return Outcome.WAIT;
    }
}
