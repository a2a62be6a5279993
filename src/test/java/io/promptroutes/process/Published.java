package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.Schemas;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What the service has published so far, read by somebody outside of its group, and what its group has committed. Fails as soon as an
 * id has two different outcomes. For one thread.
 */
final class Published implements AutoCloseable {

    private static final String COSTS = "prompt-costs";
    private static final String DEAD_LETTERS = "prompt-dead-letters";

    private final Admin admin;
    private final KafkaConsumer<String, String> consumer;
    private final Set<String> sources = new HashSet<>();
    private final Map<String, String> results = new HashMap<>();
    private final Map<String, String> deadLetters = new HashMap<>();
    private final Set<String> costEvents = new HashSet<>();
    private final ChaosPipelines pipelines;
    private int repeats;

    Published(String brokers, ChaosPipelines pipelines) {
        this.pipelines = pipelines;
        admin = Admin.create(Map.of("bootstrap.servers", brokers, "reconnect.backoff.ms", "1000"));
        consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", brokers, "reconnect.backoff.ms", "1000", "enable.auto.commit", "false"),
                new StringDeserializer(), new StringDeserializer());
        List<TopicPartition> all = Stream.concat(Stream.of(DEAD_LETTERS, COSTS), pipelines.results()).flatMap(topic -> partitions(topic).stream()).toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
    }

    /** Takes in what is there now. */
    void read() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(this::take);
        }
    }

    private void take(ConsumerRecord<String, String> record) {
        if (record.topic().equals(COSTS)) {
            costEvents.add(Schemas.COST_EVENT.check(Outputs.json(record.value())).path("id").asText());
            return;
        }
        String topic = header(record, "source-topic");
        repeats += sources.add(topic + "-" + header(record, "source-partition") + "-" + header(record, "source-offset")) ? 0 : 1;
        String id = header(record, "prompt-id");
        boolean answered = !record.topic().equals(DEAD_LETTERS);
        ChaosPipelines.Pipeline pipeline = pipelines.of(topic);
        pipelines.assertNoneCrosses(topic, id, record.key());
        String value = answered ? record.value() : header(record, "error-code") + " " + record.value();
        String outcome = answered ? pipeline.comparable(value) : value;
        String before = (answered ? results : deadLetters).put(id, outcome);
        assertThat(before).as("two different outcomes of %s", id).isIn(null, outcome);
        assertThat((answered ? deadLetters : results).get(id)).as("%s is answered and a dead letter", id).isNull();
        if (answered) {
            assertThat(record.topic()).as("topic of %s", id).isEqualTo(pipeline.results());
            pipeline.check(id, record.key(), value);
        }
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Records of the pipelines' topics that have an outcome. */
    int sources() {
        return sources.size();
    }

    /** Outcomes that were published more than once. */
    int repeats() {
        return repeats;
    }

    Map<String, String> results() {
        return results;
    }

    Map<String, String> deadLetters() {
        return deadLetters;
    }

    Set<String> costEvents() {
        return costEvents;
    }

    /** By partition of the pipelines' topics; what was never committed is not in it. */
    Map<TopicPartition, Long> committed() throws Exception {
        Map<TopicPartition, Long> all = new HashMap<>();
        for (String group : pipelines.groups()) {
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().forEach((partition, offset) -> all.put(partition, offset.offset()));
        }
        return all;
    }

    /** Records in the pipelines' topics, by partition. */
    Map<TopicPartition, Long> taken() {
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(pipelines.sources().flatMap(topic -> partitions(topic).stream()).toList()));
        ends.values().removeIf(end -> end == 0);
        return ends;
    }

    /** Committed first, published after: what is published only grows. */
    void assertCommittedOnesArePublished(String when) throws Exception {
        Map<TopicPartition, Long> committed = committed();
        read();
        committed.forEach((partition, end) -> assertThat(LongStream.range(0, end).mapToObj(offset -> partition + "-" + offset)
                .filter(source -> !sources.contains(source))).as("committed without an outcome, %s", when).isEmpty());
    }

    @Override
    public void close() {
        consumer.close();
        admin.close(Duration.ofSeconds(5));
    }
}
