package io.promptroutes.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Asks the brokers whether they are there, over a connection of its own. Thread-safe. */
public final class BrokerReach implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(3);

    private final String brokers;
    private final Admin admin;

    /** @param client further properties of the client, such as those of TLS and SASL */
    public BrokerReach(String brokers, Map<String, String> client) {
        this.brokers = brokers;
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("bootstrap.servers", brokers);
        admin = Admin.create(properties);
    }

    /** Why they cannot be reached; null where they can. Blocks for a few seconds at most. */
    public String problem() {
        return ask(() -> {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs((int) WITHIN.toMillis())).nodes()
                    .get(WITHIN.toMillis() + 500, TimeUnit.MILLISECONDS);
            return null;
        }, cause -> "no Kafka broker answers at " + brokers + " (key kafka.brokers): " + cause.getClass().getSimpleName()
                + (cause.getMessage() == null ? "" : ", " + cause.getMessage()));
    }

    /** What keeps topics from being used; null where nothing does, or no broker answers, which {@link #problem} tells. Blocks for a few seconds at most. */
    public String topics(Set<String> read, Set<String> written) {
        return ask(() -> TopicFault.of(admin, read, written).stream().filter(TopicFault::mend).map(fault -> fault.what() + " (" + fault.todo() + ")")
                .reduce((one, other) -> one + "; " + other).orElse(null), cause -> null);
    }

    /** Records of the topic that the group has not committed; null where nobody can say at present. Blocks for a few seconds at most. */
    public Long lag(String group, String topic) {
        return ask(() -> {
            List<TopicPartition> partitions = admin.describeTopics(List.of(topic)).allTopicNames().get(WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                    .get(topic).partitions().stream().map(one -> new TopicPartition(topic, one.partition())).toList();
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()
                    .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            Map<TopicPartition, Long> begins = offsets(partitions, OffsetSpec.earliest());
            Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
            return partitions.stream().mapToLong(one -> ends.get(one)
                    - Math.max(begins.get(one), committed.get(one) == null ? 0 : committed.get(one).offset())).sum();
        }, cause -> null);
    }

    private interface Question<T> {
        T asked() throws ExecutionException, InterruptedException, TimeoutException;
    }

    private static <T> T ask(Question<T> question, Function<Throwable, T> otherwise) {
        try {
            return question.asked();
        } catch (ExecutionException | TimeoutException e) {
            return otherwise.apply(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise.apply(e);
        }
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException, TimeoutException {
        return admin.listOffsets(partitions.stream().collect(Collectors.toMap(one -> one, one -> which))).all()
                .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, found -> found.getValue().offset()));
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
