package io.promptroutes.pipeline;

import io.promptroutes.call.CallFailed;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.ProviderStatus;
import io.promptroutes.message.Alerts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds everything back for a reason that is no prompt's fault, and tells it: in the log, and as an alert; this once
 * for a reason that comes and goes, as a budget's does that has room for small calls only. Thread-safe.
 */
final class Pauses {

    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);

    /** How long there is no second alert for the same reason. */
    private static final Duration TOLD_FOR = Duration.ofMinutes(10);

    private final AdmissionGate intake;
    private final ProviderStatus reach;
    private final Clock clock;
    private volatile Instant lastRefusal = Instant.MIN;
    private String told = "";
    private Instant toldAt = Instant.EPOCH;

    Pauses(AdmissionGate intake, ProviderStatus reach, Clock clock) {
        this.intake = intake;
        this.reach = reach;
        this.clock = clock;
    }

    void pause(Exchange exchange, String why) {
        if (intake.pause(why)) {
            tell(exchange, why);
        }
    }

    /**
     * The account seems to be at fault, so the prompt is put back; but where others that were called after it was refused have been paid
     * for, it is alone at fault and has failed.
     *
     * @return whether everything is to wait; one refusal among calls that are paid for is not enough for that
     */
    boolean putBack(PromptContext run) {
        Instant since = run.permit().refused();
        boolean paying = reach.paidSince(lastRefusal);
        lastRefusal = clock.instant();
        run.permit().refused(run.calls().last().started());
        if (since != null && reach.paidSince(since)) {
            CallFailed.Details last = run.calls().failure();
            run.calls().fail(new Failure(last.kind().toString(), "refused while other prompts are paid for: " + last.message(), true));
            return false;
        }
        run.chain().hold();
        return !paying;
    }

    /** The key does not work. */
    void refused(Exchange exchange, PromptContext run, String why) {
        putBack(run);
        if (run.calls().end() == null && intake.refused(why)) {
            tell(exchange, why);
        }
    }

    private synchronized void tell(Exchange exchange, String why) {
        LOG.warn("paused: {}", why);
        String reason = why.replaceFirst(":.*", ""); // what follows has figures
        Instant now = clock.instant();
        if (reason.equals(told) && now.isBefore(toldAt.plus(TOLD_FOR))) {
            return;
        }
        told = reason;
        toldAt = now;
        Notices.leave(exchange, Alerts.of(Alerts.Kind.PAUSED, "intake", why, alert -> { }, now));
    }
}
