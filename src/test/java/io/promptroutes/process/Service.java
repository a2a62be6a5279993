package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.Schemas;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The command {@code run} as a process, with topics and a group of its own, and what can be seen of it from outside. For one thread. */
final class Service implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("health at (\\S+?)/observe/health");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** A dead letter is the record as it came. */
    private static final Map<String, Schemas> SCHEMAS = Map.of("results", Schemas.RESULT, "costs", Schemas.COST_EVENT, "alerts", Schemas.ALERT);

    private final Product product;
    private final String brokers;
    private final String name;
    private Product.Running running;
    private String address;
    /** Made at first use, as the consumers: what is polled for needs no new connection each time. */
    private Admin admin;
    private KafkaConsumer<String, String> texts;
    private KafkaConsumer<byte[], byte[]> bytes;

    /** @param brokers null for a service without Kafka */
    Service(Product product, String brokers, String name) {
        this.product = product;
        this.brokers = brokers;
        this.name = name;
    }

    /** @param limits max.message.bytes by kind of topic, where it is not the broker's own */
    void topics(Map<String, String> limits) throws Exception {
        admin().createTopics(List.of("prompts", "results", "costs", "dead-letters", "alerts").stream()
                .map(kind -> new NewTopic(topic(kind), 2, (short) 1).configs(limits.containsKey(kind)
                        ? Map.of("max.message.bytes", limits.get(kind)) : Map.of())).toList()).all().get();
    }

    /** One more topic of that name. */
    void create(String topic) throws Exception {
        admin().createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    void delete(String kind) throws Exception {
        admin().deleteTopics(List.of(topic(kind))).all().get();
    }

    String topic(String kind) {
        return name + "-" + kind;
    }

    void start(String... keys) {
        up(product.start(command(keys)));
    }

    /** By a command with all that it needs. */
    void startAs(String... command) {
        up(product.start(command));
    }

    private void up(Product.Running started) {
        running = started;
        Matcher found = await().atMost(Duration.ofMinutes(4)).until(() -> ADDRESS.matcher(err()), Matcher::find);
        address = found.group(1);
    }

    private String[] command(String... keys) {
        List<String> arguments = new ArrayList<>(List.of("run", "-D", "prompts.concurrency=4", "-D", "pause.first-look=300ms"));
        if (brokers == null) {
            arguments.addAll(List.of("-D", "pipelines=inbox"));
        } else {
            arguments.addAll(List.of("-D", "kafka.brokers=" + brokers, "-D", "kafka.group=" + name, "-D", "kafka.drain=3s",
                    "-D", "kafka.client.reconnect.backoff.max.ms=500", "-D", "kafka.client.session.timeout.ms=6000")); // nobody waits long for one that was killed
            for (String kind : List.of("prompts", "results", "costs", "dead-letters", "alerts")) {
                arguments.addAll(List.of("-D", "kafka.topic." + kind + "=" + topic(kind)));
            }
        }
        for (String key : keys) {
            arguments.addAll(List.of("-D", key));
        }
        return arguments.toArray(String[]::new);
    }

    String address() {
        return address;
    }

    String err() throws IOException {
        return Files.readString(running.err());
    }

    void produce(int from, int to) {
        send(IntStream.range(from, to).mapToObj(n -> "{\"id\":\"p" + n + "\",\"prompt\":\"Tell me about number " + n + ".\"}").toArray(String[]::new));
    }

    void send(String... values) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(producing(), new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic("prompts"), value));
            }
        }
    }

    /** To a topic by its whole name. */
    void sendTo(String topic, String key, String value) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(producing(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value));
        }
    }

    /** A record that names its sender's span. */
    void sendBelow(String value, String traceparent) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(producing(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic("prompts"), (Integer) null, (String) null, value,
                    List.of(new RecordHeader("traceparent", traceparent.getBytes(StandardCharsets.UTF_8)))));
        }
    }

    /** Everything that is in a topic. */
    List<ConsumerRecord<String, String>> read(String kind) {
        if (texts == null) {
            texts = new KafkaConsumer<>(client(), new StringDeserializer(), new StringDeserializer());
        }
        List<ConsumerRecord<String, String>> all = all(texts, kind);
        Schemas schema = SCHEMAS.get(kind);
        if (schema != null) {
            all.forEach(record -> schema.check(Outputs.json(record.value())));
        }
        return all;
    }

    /** The same as bytes. */
    List<ConsumerRecord<byte[], byte[]>> readBytes(String kind) {
        if (bytes == null) {
            bytes = new KafkaConsumer<>(client(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }
        return all(bytes, kind);
    }

    private <T> List<ConsumerRecord<T, T>> all(KafkaConsumer<T, T> consumer, String kind) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic(kind)).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<ConsumerRecord<T, T>> all = new ArrayList<>();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(all::add);
        }
        return all;
    }

    static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    long committed() throws Exception {
        return admin().listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset).sum();
    }

    /** Back to the beginning, as kafka-consumer-groups.sh does it; of a group that nobody is in. */
    void rewind() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> earliest = admin().listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get().keySet().stream()
                .collect(Collectors.toMap(partition -> partition, partition -> new OffsetAndMetadata(0)));
        admin().alterConsumerGroupOffsets(name, earliest).all().get();
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** For a service that ends by itself. */
    Product.Ended ended(String... keys) {
        return product.runHere(command(keys));
    }

    /** What is wrong by check; empty where the service is ready. Its being alive is asserted along the way. */
    Map<String, String> unready() throws IOException, InterruptedException {
        assertThat(get("/observe/health/live").statusCode()).as("live").isEqualTo(200);
        HttpResponse<String> ready = get("/observe/health/ready");
        Map<String, String> down = new HashMap<>();
        for (JsonNode check : Json.MAPPER.readTree(ready.body()).path("checks")) {
            if (!check.path("status").asText().equals("UP")) {
                down.put(check.path("name").asText(), check.path("message").asText());
            }
        }
        assertThat(ready.statusCode()).as("%s", down).isEqualTo(down.isEmpty() ? 200 : 503);
        return down;
    }

    void awaitUnready(String check, String words) {
        await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> assertThat(unready()).hasEntrySatisfying(check,
                message -> assertThat(message).contains(words)));
    }

    void awaitReady() {
        await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> assertThat(unready()).isEmpty());
    }

    void kill() throws InterruptedException {
        running.process().destroyForcibly().waitFor();
    }

    Product.Ended stop() {
        running.process().destroy();
        return running.ended(Duration.ofSeconds(60)).with(3);
    }

    /** One request at a time: a broker that does not know a new topic yet may refuse the first batch and take the second, and then refuses the first for good. */
    private Map<String, Object> producing() {
        return Map.of("bootstrap.servers", brokers, "max.in.flight.requests.per.connection", 1);
    }

    private Map<String, Object> client() {
        return Map.of("bootstrap.servers", brokers);
    }

    private Admin admin() {
        if (admin == null) {
            admin = Admin.create(client());
        }
        return admin;
    }

    @Override
    public void close() {
        if (running != null) {
            running.process().destroyForcibly();
        }
        if (admin != null) {
            admin.close(Duration.ofSeconds(5));
        }
        Stream.of(texts, bytes).filter(Objects::nonNull).forEach(consumer -> consumer.close(Duration.ofSeconds(5)));
    }
}
