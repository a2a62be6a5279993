package io.promptroutes.component;

import io.promptroutes.flow.StepHeaders;
import io.promptroutes.kafka.Acknowledgement;
import io.promptroutes.kafka.PolledRecord;
import io.promptroutes.prompt.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records of one source on their way through its route: taken = acknowledged + dropped + failing + in flight. Thread-safe. */
public final class Deliveries {

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final String ALL = "*";
    /** What would steer a route, or the client that sends on: no sender says that. */
    private static final String ROUTING = "(?is)(camel|kafka\\.|org\\.apache\\.camel|" + StepHeaders.PREFIX + ").*";

    private final WindowedKafkaConsumer source;
    final LongAdder taken = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    /** Left to whoever reads their partition next. */
    final LongAdder dropped = new LongAdder();
    final LongAdder deadLetters = new LongAdder();
    private final Map<PolledRecord, Failing> failing = new ConcurrentHashMap<>();
    private final LineAMinute lines = new LineAMinute();
    /** Whether the log says that one fails. */
    private final AtomicBoolean told = new AtomicBoolean();

    /** A record whose route has failed, and since when. */
    private record Failing(Instant since, String why) {
    }

    Deliveries(WindowedKafkaConsumer source) {
        this.source = source;
    }

    /** A record that was polled, on its way into the route. @param carried names of headers that the route gets */
    Delivery of(Exchange polled, Acknowledgement acknowledgement, Set<String> carried) {
        taken.increment();
        Message message = polled.getMessage();
        byte[] value = message.getBody(byte[].class);
        byte[] key = message.getHeader(KafkaConstants.KEY, byte[].class);
        Headers headers = message.getHeader(KafkaConstants.HEADERS, Headers.class);
        Long timestamp = message.getHeader(KafkaConstants.TIMESTAMP, Long.class);
        Source place = Source.record(message.getHeader(KafkaConstants.TOPIC, String.class), message.getHeader(KafkaConstants.PARTITION, Integer.class),
                message.getHeader(KafkaConstants.OFFSET, Long.class));
        return new Delivery(source, this, new PolledRecord(place, key, value, headers, timestamp == null ? -1 : timestamp, acknowledgement), carried);
    }

    /** Gives the route what it is to have of a record, and nothing that could go anywhere unasked. */
    static void fill(Message message, PolledRecord record, Set<String> carried) {
        message.setBody(record.body());
        message.setHeader(KafkaConstants.TOPIC, record.source().topic());
        message.setHeader(KafkaConstants.PARTITION, record.source().partition());
        message.setHeader(KafkaConstants.OFFSET, record.source().offset());
        if (record.key() != null) {
            message.setHeader(KafkaConstants.KEY, record.key());
        }
        if (record.timestamp() >= 0) {
            message.setHeader(KafkaConstants.TIMESTAMP, record.timestamp());
            message.setHeader(KafkaConstants.OVERRIDE_TIMESTAMP, record.timestamp()); // so it goes along to kafka:
        }
        if (!carried.isEmpty()) {
            for (Header header : record.headers()) {
                if ((carried.contains(ALL) || carried.contains(header.key())) && !header.key().matches(ROUTING)) {
                    message.setHeader(header.key(), header.value());
                }
            }
        }
    }

    /** Its route has failed, for which nobody has a clause; it is tried again. */
    void failed(PolledRecord record, int failures, long pauseMillis, Throwable why) {
        Failing now = failing.compute(record, (one, before) -> new Failing(before == null ? Instant.now() : before.since(), Faults.words(why)));
        if (!lines.due()) {
            return;
        }
        told.set(true);
        LOG.warn("{}; tried again in {} ms (failures so far: {}). Its offset stands, other records go on", words(record, now), pauseMillis, failures);
    }

    void failsNoMore(PolledRecord record) {
        Failing before = failing.remove(record);
        if (before != null && failing.isEmpty() && told.getAndSet(false)) {
            LOG.info("route {} fails on no record any more; the last one was at offset {} of {}-{}, for {} s", source.name(), record.source().offset(), record.source().topic(),
                    record.source().partition(), Duration.between(before.since(), Instant.now()).toSeconds());
        }
    }

    private String words(PolledRecord record, Failing one) {
        return "route " + source.name() + " fails on the record at offset " + record.source().offset() + " of " + record.source().topic() + "-" + record.source().partition()
                + ", for " + Duration.between(one.since(), Instant.now()).toSeconds() + " s: " + one.why();
    }

    /** The record that has failed for the longest time, in words; null where none has. */
    public String failing() {
        return failing.entrySet().stream().min(Map.Entry.comparingByValue((one, other) -> one.since().compareTo(other.since())))
                .map(one -> words(one.getKey(), one.getValue()) + (failing.size() > 1 ? " (and " + (failing.size() - 1) + " more)" : "")).orElse(null);
    }

    public long taken() {
        return taken.sum();
    }

    public long acknowledged() {
        return acknowledged.sum();
    }

    public long deadLetters() {
        return deadLetters.sum();
    }

    /** Records whose route has failed, and is tried again. */
    public int failingNow() {
        return failing.size();
    }
}
