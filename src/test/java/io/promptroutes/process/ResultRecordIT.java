package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a result has of the record that asked for it; where the platform's character set knows no more than ASCII. */
class ResultRecordIT {

    /** An hour ago: of records that are older than its topic keeps them a broker may keep nothing. */
    private static final long TIME = System.currentTimeMillis() - 3_600_000;
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final Map<String, byte[]> KEYS = new HashMap<>();

    static {
        KEYS.put("bytes-\u00fc", new byte[] {(byte) 0xFF, 0});
        KEYS.put("empty-\u00fc", new byte[0]);
        KEYS.put("null-\u00fc", null);
    }

    @TempDir
    private static Path folder;
    private static KafkaBroker broker;
    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        broker = KafkaBroker.start(folder.resolve("broker"));
        simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "20ms")));
    }

    @AfterAll
    static void stop() {
        simulator.close();
        broker.close();
    }

    @Test
    void aResultHasKeyTimeAndAllowedHeadersOfItsRecordAndSaysWhereThatWas() throws Exception {
        seeWhatAResultHas("X-Kept");
    }

    /** By option of a route: WindowedKafkaIT. */
    @Test
    @Tag("chaos")
    void allHeadersGoAlongWhereAllAreAllowed() throws Exception {
        seeWhatAResultHas("*");
    }

    /** @param allowed names of headers that go along */
    private static void seeWhatAResultHas(String allowed) throws Exception {
        String name = allowed.equals("*") ? "all" : "some";
        try (Service service = new Service(Product.in(folder.resolve(name)).calling(simulator).with("LC_ALL", "C"), broker.bootstrapServers(), name)) {
            service.topics(Map.of());
            send(service.topic("prompts"));
            service.start("kafka.headers=" + allowed);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).as("%s", service.err()).isEqualTo(KEYS.size()));
            List<ConsumerRecord<byte[], byte[]>> results = service.readBytes("results");
            assertThat(results).as("%s\n%s", service.err(), service.read("dead-letters")).hasSize(KEYS.size()).allSatisfy(result -> {
                Map<String, String> headers = headers(result);
                String id = Json.MAPPER.readTree(result.value()).path("id").asText();
                assertThat(Arrays.equals(result.key(), KEYS.get(id))).as(id).isTrue();
                assertThat(result.timestamp()).isEqualTo(TIME);
                assertThat(headers).containsEntry("prompt-id", id).containsEntry("source-topic", service.topic("prompts")).containsEntry("source-partition", "0")
                        .containsEntry("X-Kept", "j\u00e4").containsKeys("source-offset", "traceparent");
                assertThat(headers.get("traceparent")).startsWith(TRACE.substring(0, 36));
                assertThat(headers.keySet()).as("of those nobody has allowed").isSubsetOf(allowed.equals("*")
                        ? Set.of("prompt-id", "source-topic", "source-partition", "source-offset", "traceparent", "X-Kept", "x-secret")
                        : Set.of("prompt-id", "source-topic", "source-partition", "source-offset", "traceparent", "X-Kept"));
            });
            assertThat(results).extracting(result -> headers(result).get("source-offset")).containsExactlyInAnyOrder("0", "1", "2");
            assertThat(service.read("alerts")).as("no sender says where a result goes").isEmpty();
        }
    }

    private static void send(String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrapServers(), "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Map.Entry<String, byte[]> one : KEYS.entrySet()) {
                byte[] value = ("{\"id\":\"" + one.getKey() + "\",\"prompt\":\"Say it.\"}").getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(topic, 0, TIME, one.getValue(), value, List.of(header("traceparent", TRACE),
                        header("X-Kept", "j\u00e4"), header("x-secret", "no"), header("Kafka.OVERRIDE_TOPIC", "alerts"), header("kafka.OVERRIDE_TOPIC", topic.replace("prompts", "alerts")),
                        header("kafka.PARTITION_KEY", "none"), header("CamelHttpUri", "http://x")))).get();
            }
        }
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
