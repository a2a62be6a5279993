package io.promptroutes.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the finished prefixes: four times a second without waiting, and with an answer when partitions are given up. An offset
 * counts as committed only when the broker has said so; during a rebalance it may refuse, and then it is asked again.
 * For the poll thread.
 */
final class Commits {

    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    static final Duration EVERY = Duration.ofMillis(250);
    private static final Duration LAST_CHANCE = Duration.ofSeconds(5);

    private final Consumer<?, ?> consumer;
    private final Partitions partitions;
    private final Clock clock;
    private long lastMillis;

    Commits(Consumer<?, ?> consumer, Partitions partitions, Clock clock) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.clock = clock;
    }

    /** True: it was time for a commit, and the state may be published anew. */
    boolean tick() {
        long now = clock.millis();
        if (Math.abs(now - lastMillis) < EVERY.toMillis()) {
            return false;
        }
        lastMillis = now;
        partitions.caughtUp(consumer);
        Map<TopicPartition, OffsetAndMetadata> offsets = partitions.toCommit(partitions.all());
        if (!offsets.isEmpty()) {
            // the windows as they are now: an answer that comes later must not touch those of a new assignment
            Map<TopicPartition, PartitionWindow> asked = partitions.windows();
            consumer.commitAsync(offsets, (committed, failure) -> {
                if (failure == null) {
                    offsets.forEach((partition, position) -> asked.get(partition).confirmed(position.offset()));
                } else {
                    refused(offsets, failure);
                }
            });
        }
        return true;
    }

    /** Commits what is finished of partitions that are about to go, and waits for the broker. */
    void last(Collection<TopicPartition> gone) {
        Map<TopicPartition, OffsetAndMetadata> offsets = partitions.toCommit(gone);
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, LAST_CHANCE);
            offsets.forEach((partition, position) -> partitions.windows().get(partition).confirmed(position.offset()));
        } catch (KafkaException e) {
            LOG.warn("The last commit before giving up {} was not accepted; what was finished since the one before is delivered again: {}",
                    offsets, e.getMessage());
        }
    }

    private static void refused(Map<TopicPartition, OffsetAndMetadata> offsets, Exception failure) {
        if (failure instanceof RetriableException || failure instanceof RebalanceInProgressException) {
            LOG.debug("Commit of {} is to be repeated: {}", offsets, failure.getMessage());
        } else {
            LOG.warn("Commit of {} was refused: {}", offsets, failure.getMessage());
        }
    }
}
