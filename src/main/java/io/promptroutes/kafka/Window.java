package io.promptroutes.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one consumer does around each poll. For the poll thread, but {@link #state} and {@link #leave}. */
final class Window {

    private static final Logger LOG = LoggerFactory.getLogger(Window.class);

    private final Consumer<?, ?> consumer;
    private final Partitions partitions;
    private final Commits commits;
    private final Throttle throttle;
    private final Hurry hurry = new Hurry();
    private volatile boolean left;
    private volatile WindowState state;

    /**
     * @param pollRecords most that one poll returns
     * @param mayTake     false while intake is paused
     */
    Window(Consumer<?, ?> consumer, int pollRecords, WindowLimits limits, BooleanSupplier mayTake, Clock clock) {
        this.consumer = consumer;
        partitions = new Partitions(limits, clock);
        commits = new Commits(consumer, partitions, clock);
        throttle = new Throttle(consumer, limits, pollRecords, () -> !left && mayTake.getAsBoolean());
        state = partitions.state(false);
    }

    /** @param poll the client's own poll */
    <K, V> ConsumerRecords<K, V> poll(Duration timeout, Function<Duration, ConsumerRecords<K, V>> poll) {
        takeUnclaimedAgain();
        if (left) {
            partitions.leave(List.copyOf(partitions.all()));
        }
        if (commits.tick()) {
            state = partitions.state(throttle.holding());
        }
        Duration most = throttle.apply(partitions.inFlight(), partitions.farAhead());
        ConsumerRecords<K, V> records = poll.apply(timeout.compareTo(most) < 0 ? timeout : most);
        partitions.received(records);
        return records;
    }

    /** Camel ends a batch early when something is thrown between poll and route, and would go on behind it. */
    private void takeUnclaimedAgain() {
        partitions.windows().forEach((partition, window) -> {
            long first = window.firstUnclaimed();
            if (first >= 0) {
                LOG.warn("Records of {} from offset {} on were received but not routed; reading them again", partition, first);
                window.rewind(first);
                consumer.seek(partition, first);
            }
        });
    }

    /** Called on the poll thread, between the poll and the route; null for a record that the window does not know. */
    Acknowledgement claim(TopicPartition partition, long offset) {
        return partitions.claim(partition, offset);
    }

    void rewind(TopicPartition partition, long offset) {
        partitions.rewind(partition, offset);
    }

    ConsumerRebalanceListener guard(ConsumerRebalanceListener callers) {
        return new Revocation(callers, partitions, commits, throttle, hurry);
    }

    /** @param giveUp the client's own unsubscribe or close */
    void giveUp(Runnable giveUp) {
        hurry.shield(giveUp);
    }

    Throttle throttle() {
        return throttle;
    }

    /** Any thread: takes nothing more and lets nothing more begin, from the next poll on; what runs may finish. */
    void leave() {
        partitions.hasten();
        left = true;
    }

    /** Any thread: as of the last commit. */
    WindowState state() {
        return state;
    }
}
