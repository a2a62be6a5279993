package io.promptroutes.kafka;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The latest records of a topic, read by a client that joins no group and commits nothing. Stateless. */
public final class LatestRecords {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Comparator<ConsumerRecord<byte[], byte[]>> BY_TIME = Comparator.comparingLong((ConsumerRecord<byte[], byte[]> record) -> record.timestamp())
            .thenComparingLong(ConsumerRecord::offset);

    private LatestRecords() {
    }

    /**
     * Those that are there when it is asked, oldest first. Takes 20 s at most for each question to the brokers and for the records, of which it then gives what it has.
     *
     * @param client properties of a consumer, with the brokers
     * @param most   of them
     * @throws IllegalArgumentException                 where there is no such topic
     * @throws IllegalStateException                  where the brokers do not answer in time; names them
     * @throws org.apache.kafka.common.KafkaException where the brokers cannot be asked
     */
    public static List<ConsumerRecord<byte[], byte[]>> of(Map<String, Object> client, String topic, int most) {
        PriorityQueue<ConsumerRecord<byte[], byte[]>> latest = new PriorityQueue<>(BY_TIME);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(alone(client), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> there = Objects.requireNonNullElse(consumer.partitionsFor(topic), List.of());
            if (there.isEmpty()) {
                throw new IllegalArgumentException("there is no topic " + topic);
            }
            List<TopicPartition> partitions = there.stream().map(one -> new TopicPartition(topic, one.partition())).toList();
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            partitions.forEach(one -> consumer.seek(one, Math.max(begins.get(one), ends.get(one) - 2L * most))); // twice, as markers of transactions count, too
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < deadline && partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    latest.add(record);
                    if (latest.size() > most) {
                        latest.remove();
                    }
                }
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("broker " + client.get("bootstrap.servers") + " has not answered for " + PATIENCE.toSeconds() + " s: " + e.getMessage(), e);
        }
        return latest.stream().sorted(BY_TIME).toList();
    }

    private static Map<String, Object> alone(Map<String, Object> client) {
        Map<String, Object> alone = new HashMap<>(client);
        alone.keySet().removeAll(List.of("group.id", "group.instance.id", "key.deserializer", "value.deserializer"));
        alone.putAll(Map.of("enable.auto.commit", "false", "allow.auto.create.topics", "false", "group.protocol", "classic", "isolation.level", "read_committed",
                "auto.offset.reset", "latest", "default.api.timeout.ms", (int) PATIENCE.toMillis(), "request.timeout.ms", (int) PATIENCE.toMillis() / 2));
        return alone;
    }
}
