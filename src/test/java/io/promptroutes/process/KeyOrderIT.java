package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same records, with the same faults and slow calls among them, once in the order of their keys and once as fast as they come. */
class KeyOrderIT {

    private static final int RECORDS = 300;
    private static final int KEYS = 30;
    private static final int PARTITIONS = 4;

    @TempDir
    private Path folder;

    private record Outcomes(List<ConsumerRecord<String, String>> records) {

        /** Source offsets by key, in the order in which they came out. */
        Map<String, List<Long>> byKey() {
            return records.stream().collect(Collectors.groupingBy(ConsumerRecord::key, Collectors.mapping(
                    record -> Long.parseLong(new String(record.headers().lastHeader("source-offset").value(), StandardCharsets.UTF_8)),
                    Collectors.toList())));
        }

        long keysOutOfOrder() {
            return byKey().values().stream().filter(offsets -> !offsets.equals(offsets.stream().sorted().toList())).count();
        }
    }

    @Test
    void resultsOfAKeyComeOutInTheOrderOfItsOffsetsWhereThatIsAskedFor() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"));
                Simulator simulator = Simulator.start(Simulated.by(Map.of()))) {
            Outcomes ordered = run(broker, simulator, "key");
            assertThat(ordered.keysOutOfOrder()).isZero();

            Outcomes unordered = run(broker, simulator, "unordered");
            assertThat(unordered.keysOutOfOrder()).as("the faults would have brought them out of order").isPositive();
        }
    }

    private static SimulatorConfig faults() {
        return Simulated.by(Map.of("simulator.latency.min", "50ms", "simulator.latency.max", "300ms", "simulator.latency.tail", "2s",
                "simulator.latency.tail.percent", "2", "simulator.retry-after", "1", "simulator.fault.rate-limited", "8",
                "simulator.fault.server-error", "6", "simulator.fault.cut-json", "2", "simulator.fault.reset", "2"));
    }

    private Outcomes run(KafkaBroker broker, Simulator simulator, String order) throws Exception {
        String prompts = "prompts-" + order;
        String results = "results-" + order;
        String costs = "costs-" + order;
        String letters = "dead-letters-" + order;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            // one partition for what comes out: there the order is that of publishing, across keys as well
            admin.createTopics(Stream.of(prompts, results, costs, letters, "alerts-" + order)
                    .map(name -> new NewTopic(name, name.equals(prompts) ? PARTITIONS : 1, (short) 1)).toList()).all().get();
        }
        simulator.configure(faults());
        produce(broker, prompts);
        Product product = Product.in(folder.resolve(order)).calling(simulator);
        Running running = product.start("run", "-D", "management.port=",
                "-D", "kafka.brokers=" + broker.bootstrapServers(), "-D", "prompts.order=" + order,
                "-D", "kafka.group=" + order, "-D", "prompts.concurrency=40", "-D", "kafka.topic.prompts=" + prompts,
                "-D", "kafka.topic.results=" + results, "-D", "kafka.topic.costs=" + costs, "-D", "kafka.topic.dead-letters=" + letters,
                "-D", "kafka.topic.alerts=alerts-" + order, "-D", "retry.backoff=200ms");
        List<ConsumerRecord<String, String>> answered = new ArrayList<>();
        List<ConsumerRecord<String, String>> dead = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", broker.bootstrapServers(),
                "auto.offset.reset", "earliest"), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(results, 0), new TopicPartition(letters, 0)));
            await().atMost(Duration.ofSeconds(180)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> (record.topic().equals(results) ? answered : dead).add(record));
                return answered.size() + dead.size() >= RECORDS;
            });
        }
        running.process().destroy();
        running.ended(Duration.ofSeconds(60)).with(3);
        assertThat(answered.size() + dead.size()).as("outcomes").isEqualTo(RECORDS);
        assertThat(dead).as("four models in a row fail").hasSizeLessThan(3);
        return new Outcomes(answered);
    }

    /** The same records each time; some keys have many. */
    private static void produce(KafkaBroker broker, String topic) {
        Random random = new Random(20261125);
        // one request at a time: a broker that does not know the new topic yet may refuse the first batch and take the second, and then
        // refuses the first for good
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrapServers(),
                "max.in.flight.requests.per.connection", "1"),
                new StringSerializer(), new StringSerializer())) {
            for (int n = 0; n < RECORDS; n++) {
                String key = "key-" + Math.min(random.nextInt(KEYS), random.nextInt(KEYS));
                producer.send(new ProducerRecord<>(topic, key, "{\"id\":\"o-%d\",\"prompt\":\"Name number %d.\"}".formatted(n, n)));
            }
        }
    }
}
