package io.promptroutes.component;

import static org.awaitility.Awaitility.await;

import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker for the tests of one class, and for each test a ledger, a server, topics {@code in}, {@code out} and {@code dlt} of its own and a group. */
@Timeout(120)
abstract class RecordsHarness {

    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    static Path disk;
    private static KafkaBroker broker;
    private static Admin admin;
    private static KafkaProducer<byte[], byte[]> producer;

    @TempDir
    private Path data;
    final String in = "in-" + NAMES.incrementAndGet();
    final String out = "out-" + NAMES.get();
    final String dlt = "dlt-" + NAMES.get();
    final String group = "group-" + NAMES.get();
    final ScriptedServer server = new ScriptedServer();
    Ledger ledger;
    StepsUnderTest steps;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = KafkaBroker.start(disk.resolve("broker"));
        admin = Admin.create(client());
        Map<String, Object> client = new HashMap<>(client());
        client.put("enable.idempotence", false); // it does not get over a partition whose leader was still to come
        client.put("max.in.flight.requests.per.connection", 1);
        producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stopBroker() {
        producer.close();
        admin.close(Duration.ofSeconds(5));
        broker.close();
    }

    @BeforeEach
    void open() throws Exception {
        ledger = Ledger.open(TestLedgers.embedded(data));
        admin.createTopics(List.of(new NewTopic(in, 2, (short) 1), new NewTopic(out, 1, (short) 1), new NewTopic(dlt, 1, (short) 1))).all().get();
    }

    @AfterEach
    void stop() throws Exception {
        if (steps != null) {
            steps.close();
        }
        ledger.close();
        server.close();
    }

    /** One more topic, of one partition. */
    static void create(String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    static Map<String, Object> client() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    static String brokers() {
        return broker.bootstrapServers();
    }

    /** @param keys of application.properties, name, value and so on */
    StepsUnderTest start(RouteBuilder routes, String... keys) throws Exception {
        steps = with(keys).start(routes);
        return steps;
    }

    StepsUnderTest with(String... keys) {
        Map<String, String> all = new HashMap<>(Map.of("kafka.topic.dead-letters", dlt, "kafka.drain", "3s"));
        for (int i = 0; i < keys.length; i += 2) {
            all.put(keys[i], keys[i + 1]);
        }
        return StepsUnderTest.of(server, ledger, all).kafka(brokers());
    }

    /** The source's address. @param options behind the group */
    String source(String options) {
        return "windowed-kafka:" + in + "?groupId=" + group + (options.isEmpty() ? "" : "&" + options);
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** Into partition 0. */
    long send(String key, String value) throws Exception {
        return send(new ProducerRecord<>(in, 0, bytes(key), bytes(value)));
    }

    long send(ProducerRecord<byte[], byte[]> record) throws Exception {
        return producer.send(record).get().offset();
    }

    /** Questions with these numbers as text and key, in both partitions by turns. */
    void questions(int from, int to) throws Exception {
        for (int n : IntStream.range(from, to).toArray()) {
            producer.send(new ProducerRecord<>(in, n % 2, bytes("k" + n), bytes("Question " + n)));
        }
        producer.flush();
    }

    /** Everything that is in the topic now. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
            return all;
        }
    }

    List<ConsumerRecord<byte[], byte[]>> awaitRecords(String topic, int count) {
        soon().until(() -> read(topic).size() >= count);
        return read(topic);
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return record.headers().lastHeader(name) == null ? null : text(record.headers().lastHeader(name).value());
    }

    long committed() throws Exception {
        return committed(group);
    }

    static long committed(String group) throws Exception {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream().mapToLong(offset -> offset == null ? 0 : offset.offset()).sum();
    }

    /** Of partition 0; 0 where there is none. */
    long committedOfFirst() throws Exception {
        var offset = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(new TopicPartition(in, 0));
        return offset == null ? 0 : offset.offset();
    }

    static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
