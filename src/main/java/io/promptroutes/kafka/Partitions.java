package io.promptroutes.kafka;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The windows of the partitions that one consumer has. For the poll thread, but {@link #inFlight} and {@link #hasten}. */
final class Partitions {

    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    private final WindowLimits limits;
    private final Clock clock;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<TopicPartition, PartitionWindow> windows = new HashMap<>();
    /** Of a consumer that leaves: after it nothing is waited for, in the sense of {@link System#nanoTime}; null: it does not leave. */
    private final AtomicReference<Long> lastMoment = new AtomicReference<>();

    Partitions(WindowLimits limits, Clock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** Counts from the poll on, not from the route on: what Camel should lose between the two is a hole, not a loss. */
    void received(ConsumerRecords<?, ?> records) {
        Instant now = clock.instant();
        for (TopicPartition partition : records.partitions()) {
            PartitionWindow window = window(partition);
            for (ConsumerRecord<?, ?> record : records.records(partition)) {
                window.take(record.offset(), limits.ordered() ? lane(record.key()) : null, now);
            }
        }
    }

    /** Where nothing is unfinished all before the consumer's position is done with: what was aborted or compacted away, and marks of transactions. */
    void caughtUp(Consumer<?, ?> consumer) {
        for (TopicPartition partition : consumer.assignment()) {
            if (window(partition).ahead() == 0) {
                try {
                    window(partition).finishedTo(consumer.position(partition, Duration.ZERO));
                } catch (TimeoutException e) {
                    LOG.debug("The position in {} is not known yet", partition);
                }
            }
        }
    }

    private PartitionWindow window(TopicPartition partition) {
        return windows.computeIfAbsent(partition, added -> new PartitionWindow(added, inFlight));
    }

    private static Object lane(Object key) {
        return key instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : key;
    }

    /** The record's receipt, given out once; null for a record that the window does not know. */
    Acknowledgement claim(TopicPartition partition, long offset) {
        PartitionWindow window = windows.get(partition);
        return window == null ? null : window.claim(offset);
    }

    /** Offsets that the broker does not have yet, of some partitions. */
    Map<TopicPartition, OffsetAndMetadata> toCommit(Collection<TopicPartition> of) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : of) {
            PartitionWindow window = windows.get(partition);
            long offset = window == null ? -1 : window.toCommit();
            if (offset >= 0) {
                offsets.put(partition, new OffsetAndMetadata(offset));
            }
        }
        return offsets;
    }

    void rewind(TopicPartition partition, long offset) {
        PartitionWindow window = windows.get(partition);
        if (window != null) {
            window.rewind(offset);
        }
    }

    void leave(Collection<TopicPartition> gone) {
        some(gone).forEach(PartitionWindow::leave);
    }

    /** Any thread: all of them will be given up; what runs has its time from now on. */
    void hasten() {
        lastMoment.compareAndSet(null, afterDrain());
    }

    private long afterDrain() {
        return System.nanoTime() + limits.drain().toNanos();
    }

    void awaitFinished(Collection<TopicPartition> gone) throws InterruptedException {
        Long last = lastMoment.get();
        long deadline = last == null ? afterDrain() : last;
        for (PartitionWindow window : some(gone)) {
            window.awaitFinished(deadline);
        }
    }

    void forget(Collection<TopicPartition> gone) {
        some(gone).forEach(PartitionWindow::drop);
        windows.keySet().removeAll(gone);
    }

    private List<PartitionWindow> some(Collection<TopicPartition> of) {
        return of.stream().map(windows::get).filter(Objects::nonNull).toList();
    }

    /** A copy. */
    Map<TopicPartition, PartitionWindow> windows() {
        return Map.copyOf(windows);
    }

    Set<TopicPartition> all() {
        return windows.keySet();
    }

    /** Those with so much behind their oldest unfinished record that they must wait for it. */
    Set<TopicPartition> farAhead() {
        Set<TopicPartition> far = new HashSet<>(windows.keySet());
        far.removeIf(partition -> windows.get(partition).ahead() < limits.ahead());
        return far;
    }

    /** Any thread: records taken and not yet finished. */
    int inFlight() {
        return inFlight.get();
    }

    WindowState state(boolean holding) {
        Instant now = clock.instant();
        return new WindowState(inFlight(), limits.size(), holding, windows.values().stream().map(window -> window.state(now)).toList());
    }
}
