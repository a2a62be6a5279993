package io.promptroutes.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka consumer that commits by itself what the route has acknowledged, and pauses instead of taking too much. Guards the methods
 * that camel-kafka calls (4.18: always subscribes with a listener, seeks to a bare offset, closes without a timeout).
 * Like its superclass for one thread, the one that polls; {@link #window} says what others may ask.
 */
final class WindowedConsumer extends KafkaConsumer<Object, Object> {

    private static final Logger LOG = LoggerFactory.getLogger(WindowedConsumer.class);

    private final Window window;
    private final Runnable joined;
    private final Consumer<WindowedConsumer> closed;
    private volatile String failure;

    /**
     * @param joined run after each poll in which this consumer is in its group
     * @param closed told when this consumer is no more
     */
    WindowedConsumer(Properties client, int pollRecords, WindowLimits limits, BooleanSupplier mayTake, Clock clock,
            Runnable joined, Consumer<WindowedConsumer> closed) {
        super(client);
        this.joined = joined;
        this.closed = closed;
        window = new Window(this, pollRecords, limits, mayTake, clock);
    }

    Window window() {
        return window;
    }

    /** Why it has stopped taking records for good, in words; null while it has not. Any thread. */
    String failure() {
        return failure;
    }

    /** What another try would not mend ends the taking, and is not thrown: Camel would make another consumer, which would fail in the same way. */
    @Override
    public ConsumerRecords<Object, Object> poll(Duration timeout) {
        if (failure != null) {
            LockSupport.parkNanos(timeout.toNanos());
            return ConsumerRecords.empty();
        }
        try {
            ConsumerRecords<Object, Object> records = window.poll(timeout, super::poll);
            if (groupMetadata().generationId() >= 0) {
                joined.run();
            }
            return records;
        } catch (ApiException e) {
            if (e instanceof RetriableException || e instanceof RebalanceInProgressException || e instanceof UnreleasedInstanceIdException) {
                throw e;
            }
            failure = "no more records are taken of " + subscription() + " in group " + groupMetadata().groupId() + ": " + why(e);
            LOG.error("{}. A restart begins anew", failure);
            window.leave();
            unsubscribe();
            return ConsumerRecords.empty();
        }
    }

    private static String why(ApiException e) {
        return e instanceof FencedInstanceIdException ? "another instance has the same group.instance.id, which each must have for itself"
                : e instanceof UnsupportedVersionException ? "the brokers do not know this group.protocol; classic is known to all"
                : e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ", " + e.getMessage());
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        super.subscribe(topics, window.guard(listener));
    }

    @Override
    public void subscribe(Pattern topics, ConsumerRebalanceListener listener) {
        super.subscribe(topics, window.guard(listener));
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        if (!window.throttle().acting()) {
            window.throttle().callerPauses(partitions);
        }
        super.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        super.resume(window.throttle().acting() ? partitions : window.throttle().callerResumes(partitions));
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        super.seek(partition, offset);
        window.rewind(partition, offset);
    }

    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        super.seekToBeginning(partitions);
        (partitions.isEmpty() ? assignment() : partitions).forEach(partition -> window.rewind(partition, 0));
    }

    @Override
    public void unsubscribe() {
        window.giveUp(super::unsubscribe);
    }

    @Override
    public void close() {
        try {
            window.giveUp(super::close);
        } finally {
            closed.accept(this);
        }
    }
}
