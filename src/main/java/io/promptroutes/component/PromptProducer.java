package io.promptroutes.component;

import io.promptroutes.PromptFailed;
import io.promptroutes.flow.Inbound;
import io.promptroutes.kafka.PolledRecord;
import io.promptroutes.pipeline.Job;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.Utf8;
import io.promptroutes.registry.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultAsyncProducer;

/** The step {@code prompt:}: hands what is in the body to the engine, and lets the route go on when that has ended. Thread-safe. */
final class PromptProducer extends DefaultAsyncProducer {

    private final PromptEndpoint endpoint;
    private final PromptComponent.Step step;

    PromptProducer(PromptEndpoint endpoint, PromptComponent.Step step) {
        super(endpoint);
        this.endpoint = endpoint;
        this.step = step;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            PolledRecord record = PolledRecord.of(exchange);
            boolean kafka = record != null || exchange.getMessage().getHeader(KafkaConstants.TOPIC) != null;
            boolean nothing = kafka && exchange.getMessage().getBody() == null;
            FileLine line = FileLine.of(exchange);
            Inbound inbound = nothing ? null : step.records().taken(inbound(exchange, record, line));
            if (nothing || kafka && inbound.refusal() == RecordOptions.EMPTY) {
                tombstone(exchange);
                callback.done(true);
                return true;
            }
            place(record);
            Reply reply = new Reply(endpoint, step, exchange, callback, record, step.records().shape().ofRecord() ? inbound.bytes() : null, step.pipeline().statistics().begin(Instant.now()));
            step.engine().tally().take();
            step.engine().ask(step.pipeline(), job(exchange, line), inbound, reply);
            return false;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    /** It asks nothing, and goes on by itself. */
    private void tombstone(Exchange exchange) throws PromptFailed {
        switch (endpoint.tombstones()) {
            case FAIL -> throw new PromptFailed(InvalidPrompt.MISSING_PROMPT, "a record without a value (option tombstones)", false, 0, null);
            case SKIP -> exchange.setRouteStop(true);
            default -> { }
        }
        step.pipeline().statistics().passed();
    }

    /** Waits on the caller's thread: nothing else holds back a split that reads faster than models answer. */
    private void place(PolledRecord record) throws InterruptedException, PromptFailed {
        Pipeline pipeline = step.pipeline();
        boolean waits = endpoint.whenFull() == PromptEndpoint.WhenFull.BLOCK;
        if (pipeline.window().take(waits ? endpoint.longestWait() : Duration.ZERO, () -> record == null || record.acknowledgement().mayStart())) {
            return;
        }
        String paused = step.engine().intake().reason();
        if (step.engine().intake().shut() || record != null && record.acknowledgement().isDropped()) {
            if (record != null) {
                record.acknowledgement().drop(); // whatever its route makes of it: nobody has asked
            }
            throw new PromptFailed(PromptFailed.GIVEN_UP, "given up: the process ends, or its record is another instance's by now", true, 0, null);
        }
        throw new PromptFailed(PromptFailed.BUSY, paused != null ? "paused: " + paused : "all " + pipeline.window().size() + " places of pipeline " + pipeline.name()
                + " are taken", true, 0, null);
    }

    private Inbound inbound(Exchange exchange, PolledRecord record, FileLine line) throws IOException {
        if (line != null && line.untouched(exchange)) {
            return line.inbound();
        }
        int most = step.pipeline().maxBytes();
        byte[] bytes = bytes(exchange, record, most);
        boolean tooLong = bytes != null && bytes.length > most;
        long length = record != null && record.untouched(exchange) ? record.data().length : bytes == null ? 0 : bytes.length;
        return new Inbound(line != null ? line.inbound().source() : source(exchange, record), key(exchange, record), tooLong ? Arrays.copyOf(bytes, most) : bytes, tooLong,
                length, null, refusal(exchange, record, bytes),
                record != null && record.replayed(), record == null ? null : record.traceparent());
    }

    private static InvalidPrompt refusal(Exchange exchange, PolledRecord record, byte[] bytes) {
        boolean kafka = record != null ? record.untouched(exchange) : exchange.getMessage().getHeader(KafkaConstants.TOPIC) != null;
        return !kafka || bytes == null ? null : refusal(bytes, record != null ? record.body() instanceof String : Utf8.text(bytes) != null);
    }

    /** Of a Kafka record that can be no text, as those are that nobody has deserialized; null for anything else. */
    static InvalidPrompt refusal(byte[] bytes, boolean text) {
        String option = "set option registry of the source windowed-kafka: to the URL of its schema registry";
        return WireFormat.begins(bytes) ? new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, null, "not text, but in the wire format of a schema registry: " + option)
                : text ? null : new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, null, "not UTF-8: where the record is Avro, " + option);
    }

    /** What the body holds, read now, since a stream may not be there later; a little more than the longest prompt at most. */
    private static byte[] bytes(Exchange exchange, PolledRecord record, int most) throws IOException {
        if (record != null && record.untouched(exchange)) {
            return record.data();
        }
        Object body = exchange.getMessage().getBody();
        if (body == null) {
            return null;
        }
        if (body instanceof byte[] bytes) {
            return bytes;
        }
        if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        byte[] json = Bodies.json(body);
        if (json != null) {
            return json;
        }
        try (InputStream in = exchange.getMessage().getBody(InputStream.class)) {
            if (in == null) {
                throw new IOException("a body of " + body.getClass().getName() + " is no text: convert it before the step prompt:");
            }
            return in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, most + 1L));
        }
    }

    /** What the prompt is known by where it names no id. */
    private static Source source(Exchange exchange, PolledRecord record) {
        if (record != null) {
            return record.source();
        }
        Message message = exchange.getMessage();
        String topic = message.getHeader(KafkaConstants.TOPIC, String.class);
        Long offset = message.getHeader(KafkaConstants.OFFSET, Long.class);
        if (topic != null && offset != null) {
            return Source.record(topic, message.getHeader(KafkaConstants.PARTITION, 0, Integer.class), offset);
        }
        GenericFile<?> file = file(exchange);
        return file == null ? Source.exchange(exchange.getExchangeId()) : Source.line(file.getFileName(), 1 + exchange.getProperty(ExchangePropertyKey.SPLIT_INDEX, 0, Integer.class));
    }

    /** That its route has read; null where it has read none: a name alone may be that of a file to be written. */
    private static GenericFile<?> file(Exchange exchange) {
        return exchange.getProperty(ExchangePropertyKey.FILE_EXCHANGE_FILE) instanceof GenericFile<?> read ? read : null;
    }

    private static String key(Exchange exchange, PolledRecord record) {
        byte[] key = record != null ? record.key() : exchange.getMessage().getHeader(KafkaConstants.KEY) instanceof byte[] bytes ? bytes : null;
        return key != null ? new String(key, StandardCharsets.UTF_8) : exchange.getMessage().getHeader(KafkaConstants.KEY) instanceof String text ? text : null;
    }

    /** Of lines of a file, in which equal records are different prompts. */
    private Job job(Exchange exchange, FileLine line) {
        if (line != null) {
            return line.job();
        }
        GenericFile<?> file = file(exchange);
        return file == null ? null : step.jobs().of(file, exchange, endpoint.name());
    }
}
