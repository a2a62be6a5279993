package io.promptroutes.component;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Failure;
import io.promptroutes.kafka.PolledRecord;
import io.promptroutes.message.DeadLetters;
import io.promptroutes.prompt.Json;
import io.promptroutes.registry.RecordReader;
import io.promptroutes.registry.RegistryUnreachable;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.commons.lang3.exception.ExceptionUtils;

/**
 * One record on its way through the route of its source: begins when it may, is acknowledged when the route has ended well or the record is in the
 * topic of dead letters, and else tried again. Its steps follow one another, never at once.
 */
final class Delivery extends RouteTries {

    /** A record that waits looks so often whether its partition is still ours. */
    private static final long SLICE_MILLIS = 250;
    private static final String ROUTE_FAILED = "route_failed";

    private final WindowedKafkaConsumer source;
    private final Deliveries all;
    private final Set<String> headers;
    private PolledRecord record;
    /** Of its schema; null where that is not asked for, or to be asked for anew. */
    private CompletableFuture<RecordReader> reader;
    /** Of its registry, which are none of its own. */
    private int silences;
    private int failures;
    private long notBefore;

    /** @param headers that the route gets */
    Delivery(WindowedKafkaConsumer source, Deliveries all, PolledRecord record, Set<String> headers) {
        this.source = source;
        this.all = all;
        this.record = record;
        this.headers = headers;
    }

    @Override
    public void run() {
        if (!record.acknowledgement().mayStart()) {
            drop();
            return;
        }
        long pause = (notBefore - System.nanoTime()) / 1_000_000;
        if (source.suspended() || notBefore != 0 && pause > 0) {
            source.later(this, source.suspended() ? SLICE_MILLIS : Math.min(SLICE_MILLIS, pause + 1));
            return;
        }
        if (read()) {
            go(exchange(), source.getAsyncProcessor());
        }
    }

    private Exchange exchange() {
        Exchange exchange = source.createExchange(false);
        record.in(exchange);
        Deliveries.fill(exchange.getMessage(), record, headers);
        return exchange;
    }

    /** Whether the record says what its route is to have. If not, it comes again when its schema is there, or is refused. */
    private boolean read() {
        RegistryRecords registry = source.registry();
        if (registry == null || record.data() != record.value() || record.value() == null) {
            return true;
        }
        reader = reader == null ? registry.reader(record.value()) : reader;
        if (!reader.isDone()) {
            reader.whenComplete((known, failure) -> source.later(this, 0));
            return false;
        }
        try {
            PolledRecord readable = record.saying(reader.join().read(record.value(), registry.most()));
            all.failsNoMore(record);
            record = readable;
            return true;
        } catch (PromptFailed e) {
            refuse(e);
        } catch (RegistryUnreachable e) { // for as long as it takes: no fault of the record
            reader = null;
            pause(e, ++silences);
        }
        return false;
    }

    /** The clauses of its route see why the record cannot be read, and none of its steps sees the record. */
    private void refuse(PromptFailed why) {
        Exchange exchange = exchange();
        exchange.setException(why);
        if (!source.handlesErrors()) {
            ended(exchange);
            return;
        }
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, why);
        exchange.setProperty(ExchangePropertyKey.ERRORHANDLER_BRIDGE, true);
        exchange.getExchangeExtension().setRedeliveryExhausted(true);
        go(exchange, source.getAsyncProcessor());
    }

    @Override
    void ended(Exchange exchange) {
        Throwable failure = exchange.getException();
        Ending ending = exchange.getProperty(FileLine.ENDING, Ending.class);
        boolean failed = exchange.isFailed() || exchange.isRollbackOnly() || exchange.isRollbackOnlyLast();
        source.releaseExchange(exchange, false);
        PromptFailed prompt = ExceptionUtils.throwableOfType(failure, PromptFailed.class);
        if (prompt != null && PromptFailed.GIVEN_UP.equals(prompt.getCode())) {
            record.acknowledgement().drop();
        }
        if (record.acknowledgement().isDropped()) {
            drop();
        } else if (!failed) {
            acknowledge();
        } else if (prompt != null && PromptFailed.BUSY.equals(prompt.getCode())) {
            pause(failure, failures); // a pause of calls, of any length, is no fault of the record
        } else if (prompt != null && source.deadLetters() != null) {
            deadLetter(prompt, ending);
        } else if (source.retries() != null && failures >= source.retries() && source.deadLetters() != null) {
            deadLetter(new PromptFailed(ROUTE_FAILED, Faults.words(failure), true, 0, null), ending);
        } else {
            again(failure);
        }
    }

    /** It is left to whoever reads its partition next. */
    private void drop() {
        all.failsNoMore(record);
        all.dropped.increment();
    }

    private void acknowledge() {
        all.failsNoMore(record);
        record.acknowledgement().done();
        (record.acknowledgement().isDropped() ? all.dropped : all.acknowledged).increment();
    }

    private void again(Throwable failure) {
        failures++;
        pause(failure, failures);
    }

    private void pause(Throwable failure, int times) {
        long pause = pauseMillis(Math.max(times - 1, 0));
        notBefore = System.nanoTime() + pause * 1_000_000;
        all.failed(record, times, pause, failure);
        source.later(this, Math.min(pause, SLICE_MILLIS));
    }

    /** What fails here is tried again like the route, which is answered from the ledger. @param ending what its prompt came to; null where it asked nothing */
    private void deadLetter(PromptFailed why, Ending ending) {
        String id = ending == null ? record.source().defaultId() : ending.id();
        byte[] letter = why.isDecided() ? why.getLetter().getBytes(StandardCharsets.UTF_8)
                : DeadLetters.ofRoute(id, record.source(), new Failure(why.getCode(), why.getMessage(), why.isRetryable()));
        JsonNode json = Json.tree(letter);
        source.deadLetters().send(record, json.path("id").asText(id), why, json.path("text").asText(null), DeadLetters.withoutRequest(letter), failure -> {
            if (failure == null) {
                all.deadLetters.increment();
                source.engines().arrived(ending);
                acknowledge();
            } else {
                again(failure);
            }
        });
    }
}
