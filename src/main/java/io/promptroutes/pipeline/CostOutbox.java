package io.promptroutes.pipeline;

import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.History;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.message.CostEvents;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.util.StringHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cost events and alerts on their way out: the beans of routes/engine/cost-events.camel.yaml and alerts.camel.yaml. Thread-safe.
 *
 * @param ledger that has the events; null where there is none: then one that is not taken is in the log alone
 * @param onTheirWay for so long an event is not sent again
 */
record CostOutbox(Ledger ledger, Duration onTheirWay, Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(CostOutbox.class);
    private static final int PAGE = 500;
    private static final byte[] CLOUD_EVENT = "application/cloudevents+json; charset=UTF-8".getBytes(StandardCharsets.UTF_8);

    /** Puts the event that is the body into the files of its job; then the body is null. Others stay. */
    void append(Exchange exchange) throws IOException {
        Job job = Job.of(exchange);
        if (job != null && job.isKeepingCosts()) {
            job.cost(exchange.getMessage().getBody(byte[].class));
            exchange.getMessage().setBody(null);
        }
    }

    /** The event that is the body goes without any header of its prompt's, and for Kafka under the id of its prompt. */
    void address(Exchange exchange) {
        Message message = exchange.getMessage();
        byte[] event = message.getBody(byte[].class);
        message.removeHeaders("*");
        message.setHeader("content-type", CLOUD_EVENT);
        String subject = Json.text(event, "subject");
        if (subject != null) {
            message.setHeader("kafka.KEY", subject.getBytes(StandardCharsets.UTF_8));
        }
        exchange.setVariable(Variables.CALL, Json.text(event, "id")); // what is sent behind it says no more whose it is
    }

    /** The event has been acknowledged. */
    void sent(Exchange exchange) {
        if (ledger != null) {
            String id = id(exchange);
            String claim = StringHelper.before(id, CostEvents.LOOKED_UP, id);
            ledger.deliveries().sent(UUID.fromString(claim), claim.length() < id.length());
        }
    }

    /** The event was not taken: the ledger has it, and it is sent again. */
    void notSent(Exchange exchange) {
        Exception why = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (ledger == null) {
            LOG.warn("a cost event was not taken, and is here alone: {}", exchange.getMessage().getBody(String.class));
        } else {
            LOG.debug("cost event {} is sent again later: {}", id(exchange), String.valueOf(why));
        }
    }

    private static String id(Exchange exchange) {
        return exchange.getVariable(Variables.CALL, String.class);
    }

    /** Makes what nobody has sent the body, an iterator of events. */
    void list(Exchange exchange) {
        exchange.getMessage().setBody(new Unsent(ledger.history(), clock.instant().minus(onTheirWay)));
    }

    /** Reads page by page, so that an outage of days fits. For one thread. */
    private static final class Unsent implements Iterator<byte[]> {

        private final History history;
        private final Instant before;
        private History.Event last = History.Event.NONE;
        private Iterator<History.Event> page = Collections.emptyIterator();

        Unsent(History history, Instant before) {
            this.history = history;
            this.before = before;
        }

        @Override
        public boolean hasNext() {
            if (!page.hasNext()) {
                page = page().iterator();
            }
            return page.hasNext();
        }

        private List<History.Event> page() {
            try {
                return history.unsent(last, before, PAGE);
            } catch (LedgerUnavailable e) {
                LOG.debug("what is to be sent again cannot be read now: {}", e.getMessage());
                return List.of();
            }
        }

        @Override
        public byte[] next() {
            last = page.next();
            return last.json();
        }
    }
}
