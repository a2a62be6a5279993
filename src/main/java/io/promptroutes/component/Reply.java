package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Recipient;
import io.promptroutes.flow.StepHeaders;
import io.promptroutes.kafka.PolledRecord;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes the exchange of a caller, once, on a thread for replies. Belongs to one prompt. */
final class Reply extends SynchronizationAdapter implements Recipient {

    private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

    private final PromptEndpoint endpoint;
    private final PromptComponent.Step step;
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final PolledRecord record;
    private final long number;
    /** Null where nobody asks for it again. */
    private final byte[] asked;
    private final AtomicBoolean completed = new AtomicBoolean();
    private volatile Ending ending;

    /** @param record that the caller's route took; null where it took none. asked, what it asked about, where that is wanted again; number, by which the pipeline's statistics know the prompt */
    Reply(PromptEndpoint endpoint, PromptComponent.Step step, Exchange exchange, AsyncCallback callback, PolledRecord record, byte[] asked, long number) {
        this.endpoint = endpoint;
        this.step = step;
        this.exchange = exchange;
        this.callback = callback;
        this.record = record;
        this.asked = asked;
        this.number = number;
    }

    @Override
    public boolean mayStart() {
        return record == null || record.acknowledgement().mayStart();
    }

    /** The ledger has it: nothing is lost whatever becomes of the caller. */
    @Override
    public void take(Ending taken) {
        ending = taken;
    }

    @Override
    public void over() {
        complete(ending.answered());
    }

    @Override
    public void left() {
        complete(null);
    }

    private void complete(Boolean answered) {
        if (completed.compareAndSet(false, true)) {
            step.pipeline().statistics().ended(number, answered);
            try {
                ((PromptComponent) endpoint.getComponent()).replies().execute(this::reply);
            } catch (RejectedExecutionException e) { // the context stops
                reply();
            }
        }
    }

    private void reply() {
        try {
            if (ending == null) {
                giveUp();
            } else {
                answer();
            }
        } catch (Throwable e) { // whatever it is, the exchange ends
            LOG.debug("{} ends with a fault", ending, e);
            exchange.setException(e);
        }
        callback.done(false);
    }

    /** A record comes again, whatever its route does now, so that it just ends; of a part of it, such as a line of a split, the rest is to know. */
    private void giveUp() {
        if (record != null) {
            record.acknowledgement().drop();
        }
        if (record != null && record.acknowledgement().isDropped() && exchange.getProperty(ExchangePropertyKey.CORRELATION_ID) == null) {
            exchange.setRouteStop(true);
        } else {
            exchange.setException(new PromptFailed(PromptFailed.GIVEN_UP, "given up: the process ends, or its record is another instance's by now", true, 0, null));
        }
    }

    private void answer() {
        exchange.setProperty(FileLine.ENDING, ending);
        if (ending.json() == Ending.STANDING) {
            exchange.setRouteStop(true);
            return;
        }
        JsonNode json = Json.tree(ending.json());
        headers(json);
        boolean passes = endpoint.onFailure() == PromptEndpoint.OnFailure.PASS;
        if (!ending.answered() && !passes) {
            JsonNode error = json.path("error");
            exchange.setException(new PromptFailed(error.path("code").asText(), error.path("message").asText(), error.path("retryable").asBoolean(),
                    json.path("attempts").size(), new String(ending.json(), StandardCharsets.UTF_8)));
        } else {
            shape(json);
        }
        if (ending.work() != null && (ending.answered() || passes)) {
            exchange.getExchangeExtension().addOnCompletion(this);
        }
    }

    private void shape(JsonNode json) {
        try {
            Object body = step.records().shape().of(asked == null ? null : RecordOptions.record(asked), json, new String(ending.json(), StandardCharsets.UTF_8), key(),
                    step.records().shape().ofRecord() ? carried() : Map.of());
            if (body != null) {
                exchange.getMessage().setBody(body);
            }
        } catch (PromptFailed e) {
            exchange.setException(e);
        }
    }

    private String key() {
        Object key = exchange.getMessage().getHeader(KafkaConstants.KEY);
        return key instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : key == null ? null : key.toString();
    }

    /** Headers of the record that its route got. */
    private Map<String, Object> carried() {
        Map<String, Object> carried = new TreeMap<>(exchange.getMessage().getHeaders());
        carried.keySet().removeIf(name -> name.startsWith("kafka.") || name.startsWith("Camel") || name.startsWith(StepHeaders.PREFIX));
        return carried;
    }

    /** For a choice behind the step. */
    private void headers(JsonNode json) {
        Message message = exchange.getMessage();
        message.setHeader(StepHeaders.ID, ending.id());
        message.setHeader(StepHeaders.STATUS, json.path("status").asText());
        set(message, StepHeaders.TASK, json.at("/routing/task"));
        set(message, StepHeaders.MODEL, json.path("model_used"));
        set(message, StepHeaders.COST_USD, json.path("cost_usd"));
        set(message, StepHeaders.FALLBACK_LEVEL, json.at("/fallback/level"));
        set(message, StepHeaders.ERROR, json.at("/error/code"));
        if (ending.traceparent() != null) {
            message.setHeader("traceparent", ending.traceparent());
        }
    }

    private static void set(Message message, String name, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            message.removeHeader(name);
        } else {
            message.setHeader(name, Json.plain(value));
        }
    }

    /** The caller's route has ended well: the answer is where it is to be. */
    @Override
    public void onComplete(Exchange delivered) {
        if (step.engine().ledger() != null) {
            step.engine().ledger().deliveries().arrived(ending.work());
        }
    }
}
