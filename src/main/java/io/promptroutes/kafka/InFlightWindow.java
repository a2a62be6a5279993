package io.promptroutes.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.consumer.CommitManager;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;

/**
 * Lets a Kafka route take many records at once and commits only what is finished: both of an endpoint's options {@code kafkaClientFactory} and
 * {@code kafkaManualCommitFactory}. Every record gets an {@link Acknowledgement}, and counts as unfinished until its {@code done()} is called; an exchange that
 * merely ends, well or badly, finishes nothing. Thread-safe.
 */
public final class InFlightWindow extends DefaultKafkaClientFactory implements KafkaManualCommitFactory {

    /** Longer than any client takes to come to terms with a broker that works. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** What Camel sets, and brokers decide in the newer protocol of groups. */
    private static final Set<String> BROKERS_CHOICE = Set.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);

    private static final String CLAIMED = "PromptRoutesAcknowledgement";

    private final WindowLimits limits;
    private final BooleanSupplier mayTake;
    private final Clock clock;
    private final List<WindowedConsumer> consumers = new CopyOnWriteArrayList<>();
    private volatile String unusable;
    private final Instant made;
    /** When a consumer was last seen in its group; null: never. */
    private volatile Instant member;
    private volatile boolean left;

    /** @param mayTake false while nothing is to be taken; asked before each poll, so it must not block */
    public InFlightWindow(WindowLimits limits, BooleanSupplier mayTake, Clock clock) {
        this.limits = limits;
        this.mayTake = mayTake;
        this.clock = clock;
        made = clock.instant();
    }

    @Override
    public Consumer<?, ?> getConsumer(Properties camels) {
        try {
            return consumer(camels);
        } catch (KafkaException | IllegalArgumentException e) {
            unusable = "no consumer can be made: " + (e.getCause() == null ? e : e.getCause()).getMessage();
            throw e;
        }
    }

    private Consumer<?, ?> consumer(Properties camels) {
        Properties client = new Properties();
        client.putAll(camels);
        long pollInterval = number(client, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000);
        if (limits.drain().toMillis() >= pollInterval) {
            throw new IllegalArgumentException("the drain of " + limits.drain().toSeconds() + " s must be shorter than max.poll.interval.ms, "
                    + pollInterval + " ms: the consumer does not poll while it waits for what runs");
        }
        int pollRecords = limits.pollRecords((int) number(client, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500));
        client.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, pollRecords);
        client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        if ("consumer".equalsIgnoreCase(client.getProperty(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
            client.keySet().removeAll(BROKERS_CHOICE);
        }
        WindowedConsumer consumer = new WindowedConsumer(client, pollRecords, limits, () -> !left && mayTake.getAsBoolean(), clock,
                () -> member = clock.instant(), consumers::remove);
        consumers.add(consumer);
        unusable = null;
        if (left) {
            consumer.window().leave();
        }
        return consumer;
    }

    private static long number(Properties client, String key, long otherwise) {
        Object value = client.get(key);
        return value == null ? otherwise : Long.parseLong(value.toString());
    }

    /** Called by Camel on the poll thread for each record, in the order of the offsets, before it goes into the route. */
    @Override
    public KafkaManualCommit newInstance(CamelExchangePayload camel, KafkaRecordPayload record, CommitManager unused) {
        Acknowledgement acknowledgement = ((WindowedConsumer) camel.consumer).window().claim(record.partition, record.recordOffset);
        if (acknowledgement == null) {
            throw new IllegalStateException("offset " + record.recordOffset + " of " + record.partition + " is not in the window");
        }
        camel.exchange.setProperty(CLAIMED, acknowledgement);
        return acknowledgement::done;
    }

    /** Of the record in an exchange that camel-kafka has just made; null where there is none. */
    public static Acknowledgement claimed(Exchange polled) {
        return polled.getProperty(CLAIMED, Acknowledgement.class);
    }

    /** Takes nothing more, and lets nothing begin that has not: for the start of a shutdown. There is no way back. */
    public void leave() {
        left = true;
        consumers.forEach(consumer -> consumer.window().leave());
    }

    /** Why nothing will be taken before a restart; null where that is not so. */
    public String failure() {
        return consumers.stream().map(WindowedConsumer::failure).filter(Objects::nonNull).findFirst().orElse(unusable);
    }

    /** Whether a consumer has ever been in its group. */
    public boolean began() {
        return member != null;
    }

    /** Why nothing is taken, apart from full windows and pauses; null where that is not so, as far as is known. */
    public String consuming() {
        Instant seen = member == null ? made : member;
        String failure = failure();
        return failure != null || seen.isAfter(clock.instant().minus(PATIENCE)) ? failure
                : "no consumer has been in its group since " + seen.truncatedTo(ChronoUnit.SECONDS) + ": nothing is taken";
    }

    /** What is in flight, at most a quarter of a second old while the consumers poll. */
    public WindowState state() {
        return WindowState.sum(consumers.stream().map(consumer -> consumer.window().state()).toList());
    }
}
