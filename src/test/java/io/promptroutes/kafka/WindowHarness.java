package io.promptroutes.kafka;

import io.promptroutes.HandClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.junit.jupiter.api.BeforeEach;

/** A window around a client that needs no broker, used as Camel uses it. */
abstract class WindowHarness {

    static final TopicPartition P0 = new TopicPartition("prompts", 0);
    static final TopicPartition P1 = new TopicPartition("prompts", 1);

    final List<Long> commits = new ArrayList<>();
    final Map<String, Acknowledgement> records = new TreeMap<>();
    final HandClock clock = new HandClock();
    boolean refusing;
    boolean mayTake = true;
    Window window;

    final MockConsumer<Object, Object> client = new MockConsumer<>(OffsetResetStrategy.EARLIEST) {
        @Override
        public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            if (refusing) {
                callback.onComplete(offsets, new RebalanceInProgressException());
                return;
            }
            offsets.values().forEach(offset -> commits.add(offset.offset()));
            super.commitAsync(offsets, callback);
        }
    };

    @BeforeEach
    void assign() {
        client.assign(List.of(P0, P1));
        client.updateBeginningOffsets(Map.of(P0, 0L, P1, 0L));
        windowOf(new WindowLimits(10, 5, 100, Duration.ofMillis(200), false));
    }

    void windowOf(WindowLimits limits) {
        window = new Window(client, 2, limits, () -> mayTake, clock);
    }

    void receive(TopicPartition partition, long... offsets) {
        add(partition, offsets);
        poll();
    }

    void add(TopicPartition partition, long... offsets) {
        for (long offset : offsets) {
            client.addRecord(new ConsumerRecord<>(partition.topic(), partition.partition(), offset, null, "value"));
        }
    }

    /** As Camel does: each received record's receipt is claimed before the next poll. */
    void poll() {
        clock.pass(Commits.EVERY);
        window.poll(Duration.ZERO, client::poll).forEach(record -> records.put(record.partition() + "-" + record.offset(),
                window.claim(new TopicPartition(record.topic(), record.partition()), record.offset())));
    }

    void done(String... at) {
        for (String one : at) {
            records.get(one).done();
        }
    }

    ConsumerRebalanceListener listener() {
        return window.guard(new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
                // Camel has nothing to do
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
                // Camel has nothing to do
            }
        });
    }
}
