package io.promptroutes.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * A Kafka consumer that commits by itself what the route has acknowledged, and pauses instead of taking too much. Guards the methods
 * that camel-kafka calls (4.18: always subscribes with a listener, seeks to a bare offset, closes without a timeout).
 * Like its superclass for one thread, the one that polls; {@link #window} says what others may ask.
 */
final class WindowedConsumer extends KafkaConsumer<Object, Object> {

    private final Window window;
    private final Consumer<WindowedConsumer> closed;

    /** @param closed told when this consumer is no more */
    WindowedConsumer(Properties client, int pollRecords, WindowLimits limits, BooleanSupplier mayTake, Clock clock,
            Consumer<WindowedConsumer> closed) {
        super(client);
        this.closed = closed;
        window = new Window(this, pollRecords, limits, mayTake, clock);
    }

    Window window() {
        return window;
    }

    @Override
    public ConsumerRecords<Object, Object> poll(Duration timeout) {
        return window.poll(timeout, super::poll);
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
