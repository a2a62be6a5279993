package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process, against a real broker. */
class RunIT {

    private static final int PROMPTS = 300;
    private static final int PARTITIONS = 4;
    private static final int WAITING = 12;

    @TempDir
    private static Path folder;
    private static KafkaBroker broker;
    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaBroker.start(folder.resolve("broker"));
        simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "100ms", "simulator.record", "true", "simulator.batch.in-progress", "1h")));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of("prompts", "prompt-results", "prompt-costs", "prompt-dead-letters", "prompt-alerts").stream()
                    .map(name -> new NewTopic(name, PARTITIONS, (short) 1)).toList()).all().get();
        }
    }

    @AfterAll
    static void stop() {
        simulator.close();
        broker.close();
    }

    @Test
    void aTopicIsEnrichedThroughAKillAndASigtermAndNothingIsPaidTwice() throws Exception {
        produce();
        Product product = Product.in(folder.resolve("run")).calling(simulator).with("KAFKA_BROKERS", broker.bootstrapServers());
        // a killed instance's lease and membership end soon
        String[] command = {"run", "-D", "prompts.concurrency=20", "-D", "ledger.lease=2s", "-D", "kafka.client.session.timeout.ms=6000"};
        Product.Running first = product.start(command);
        await().atMost(Duration.ofSeconds(60)).until(() -> simulator.bill().completions() > PROMPTS / 3);
        first.process().destroyForcibly().waitFor();
        long inFlight = 20;

        Product.Running second = product.start(command);
        Map<String, String> results = new HashMap<>();
        Map<String, ConsumerRecord<String, String>> dead = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = consumer()) {
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.topic().equals("prompt-results")) {
                        JsonNode result = Json.MAPPER.readTree(record.value());
                        String before = results.put(result.path("id").asText(), result.path("text").asText());
                        assertThat(before).as("two different results").isIn(null, result.path("text").asText());
                        assertThat(record.key()).isEqualTo("key-" + result.path("id").asText());
                        assertThat(new String(record.headers().lastHeader("source-topic").value(), StandardCharsets.UTF_8)).isEqualTo("prompts");
                    } else {
                        dead.put(new String(record.headers().lastHeader("prompt-id").value(), StandardCharsets.UTF_8), record);
                    }
                }
                return results.size() == PROMPTS && dead.size() == 1;
            });
        }
        assertThat(dead.values().iterator().next().value()).isEqualTo("{broken");
        await().atMost(Duration.ofSeconds(20)).until(() -> committed() == PROMPTS + 1);
        second.process().destroy();
        second.ended(Duration.ofSeconds(60)).with(3);
        assertThat(simulator.bill().completions()).isBetween((long) PROMPTS, PROMPTS + inFlight);
        assertThat(simulator.bill().byPrompt().values()).allMatch(calls -> calls.billed() <= 2);
    }

    @Test
    void recordsThatMayWaitAreUnfinishedUntilTheyAreAnsweredAndNoStopWaitsForThem() throws Exception {
        Product product = Product.in(folder.resolve("waiting")).calling(simulator).file("routes/waiting.camel.yaml", """
                - route:
                    id: waiting
                    from:
                      uri: windowed-kafka:{{kafka.topic.prompts}}
                      parameters:
                        groupId: "{{kafka.group}}"
                      steps:
                        - to: prompt:waiting?serviceTier=batch&model=openai/gpt-4.1-mini
                        - to: kafka:{{kafka.topic.results}}
                """);
        String[] keys = {"batches.linger=1s", "batches.tick=200ms", "batches.poll=200ms", "batches.poll-longest=500ms", "kafka.drain=4m"};
        long single = simulator.bill().requests();
        try (Service service = new Service(product, broker.bootstrapServers(), "waiting")) {
            service.topics(Map.of());
            service.start(keys);
            service.produce(0, WAITING);
            await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThat(simulator.batchBill().lines()).as(service.err()).isEqualTo(WAITING));
            assertThat(service.committed()).isZero();
            service.stop();
            long submitted = simulator.batchBill().submissions();
            assertThat(simulator.batchBill().billedLines()).as("the batch goes on").isZero();

            simulator.advance(Duration.ofHours(2));
            service.start(keys);
            await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThat(service.committed()).as(service.err()).isEqualTo(WAITING));
            assertThat(service.read("results")).extracting(result -> Outputs.json(result.value()).path("service_tier").asText()).hasSize(WAITING).containsOnly("batch");
            assertThat(simulator.batchBill().submissions()).as("nothing is submitted again").isEqualTo(submitted);
            assertThat(simulator.bill().requests()).isEqualTo(single);
            service.stop();
        }
    }

    private static void produce() {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < PROMPTS; i++) {
                producer.send(new ProducerRecord<>("prompts", "key-p" + i, "{\"id\":\"p" + i + "\",\"prompt\":\"Tell me about number " + i + ".\"}"));
            }
            producer.send(new ProducerRecord<>("prompts", "key-broken", "{broken"));
        }
    }

    private static KafkaConsumer<String, String> consumer() {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", "test",
                "auto.offset.reset", "earliest"), new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of("prompt-results", "prompt-dead-letters"));
        return consumer;
    }

    private static long committed() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets("prompt-routes").partitionsToOffsetAndMetadata().get();
            return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
        }
    }
}
