package io.promptroutes.pipeline;

import io.promptroutes.flow.AlarmStates;
import io.promptroutes.message.Alerts;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells once that batches are refused for the key, the credit or the account, and is quiet until they have been taken again. Thread-safe. */
record BatchAlarm(AlarmStates alarms, Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(BatchAlarm.class);

    /** What is refused: its alarm is on by itself. */
    enum Of { SUBMISSION, LOOK }

    /** @param exchange that takes the alert along */
    void on(Exchange exchange, Of what, String why) {
        if (alarms.goesOn("batches " + what)) {
            LOG.warn("{}", why);
            Notices.leave(exchange, Alerts.of(Alerts.Kind.BATCHES, "batches", why, alert -> { }, clock.instant()));
        }
    }

    void off(Of what) {
        alarms.off("batches " + what);
    }
}
