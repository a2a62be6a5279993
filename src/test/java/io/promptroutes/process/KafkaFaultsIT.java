package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be wrong with topics, clients, groups and records, as the service meets it: the service as a process, against a real broker. */
@Execution(ExecutionMode.CONCURRENT)
class KafkaFaultsIT {

    private static final String POISON = "{\"prompt\": 1";

    @TempDir
    private static Path folder;
    private static KafkaBroker broker;
    private static final AtomicInteger TESTS = new AtomicInteger();

    private Simulator simulator;
    private Service service;
    private Product product;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = KafkaBroker.start(folder.resolve("broker"), Map.of("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found", "true", "message.max.bytes", "5000000"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void startSimulator(TestInfo test) throws Exception {
        simulator = Simulator.start(Simulated.by(Map.of("simulator.latency.min", "20ms", "simulator.latency.max", "40ms")));
        String name = "t" + TESTS.getAndIncrement();
        product = Product.in(folder.resolve(name)).calling(simulator);
        service = new Service(product, broker.bootstrapServers(), name);
        service.topics(Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        simulator.close();
    }

    private static List<String> ids(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(record -> Service.header(record, "prompt-id")).toList();
    }

    private static String[] prompts(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> "{\"id\":\"p" + n + "\",\"prompt\":\"Tell me about number " + n + ".\"}").toArray(String[]::new);
    }

    private void awaitCommitted(long records) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).as("%s", service.err()).isEqualTo(records));
    }

    // ---- a user's own routes

    @Test
    void aPlainKafkaRouteOfAUserIsPlainCamel() throws Exception {
        String in = service.topic("own-in");
        service.create(in);
        service.create(service.topic("own-out"));
        product.file("routes/own.camel.yaml", """
                - route:
                    id: own
                    from:
                      uri: kafka:%s?groupId=g-mine&autoOffsetReset=earliest
                      steps:
                        - to:
                            uri: kafka:%s
                """.formatted(in, service.topic("own-out")));
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            IntStream.range(0, 20).forEach(n -> producer.send(new ProducerRecord<>(in, ("r" + n).getBytes(StandardCharsets.UTF_8))));
        }
        service.produce(0, 5);
        service.start("pipelines=prompts");
        awaitCommitted(5);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(service.read("own-out")).hasSize(20));
        try (Admin admin = admin()) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(admin.listConsumerGroupOffsets("g-mine").partitionsToOffsetAndMetadata().get()
                    .values()).extracting(OffsetAndMetadata::offset).containsExactly(20L));
        }
        service.awaitReady();
        assertThat(service.stop().err()).doesNotContain("WARN", "ERROR");
        assertThat(service.read("own-out")).hasSize(20);
        assertThat(service.read("results")).hasSize(5);
    }

    // ---- topics that take nothing

    @ParameterizedTest
    @ValueSource(strings = {"dead-letters", "results", "costs"})
    void whatCannotBePublishedHoldsUpItselfAloneAndGoesOnByItselfUnpaid(String missing) throws Exception {
        service.delete(missing);
        service.send(POISON, POISON, POISON, POISON, POISON);
        service.start("costs.resend-every=2s");
        service.awaitUnready("topics", service.topic(missing));
        service.produce(0, 6);
        if (missing.equals("costs")) {
            awaitCommitted(11); // the ledger has the events
        } else if (missing.equals("dead-letters")) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(ids(service.read("results"))).as("%s", service.err())
                    .containsExactlyInAnyOrder("p0", "p1", "p2", "p3", "p4", "p5"));
            assertThat(service.committed()).as("no offset behind what is unfinished").isLessThan(11);
        } else {
            await().atMost(Duration.ofSeconds(30)).until(() -> simulator.bill().completions() == 6);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(service.read("dead-letters")).hasSize(5));
        }
        service.create(service.topic(missing));
        awaitCommitted(11);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.read("costs").stream().map(ConsumerRecord::value).distinct())
                .as("each as it was, perhaps more than once").hasSize(6));
        service.awaitReady();
        assertThat(service.read("dead-letters")).hasSize(5);
        assertThat(ids(service.read("results"))).containsExactlyInAnyOrder("p0", "p1", "p2", "p3", "p4", "p5");
        assertThat(simulator.bill().completions()).as("paid once each").isEqualTo(6);
        assertThat(service.stop().err().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))).hasSizeLessThan(20);
    }

    @Test
    void aTopicThatMayNotBeWrittenHoldsUpItselfAlone() throws Exception {
        ResourcePattern topic = new ResourcePattern(ResourceType.TOPIC, service.topic("dead-letters"), PatternType.LITERAL);
        AclBinding readOnly = new AclBinding(topic, new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.READ, AclPermissionType.ALLOW));
        try (Admin admin = admin()) {
            admin.createAcls(List.of(readOnly)).all().get();
            service.send(POISON, POISON, POISON, POISON, POISON);
            service.start();
            service.produce(0, 6);
            service.awaitUnready("topics", service.topic("dead-letters"));
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(service.read("results")).hasSize(6));
            admin.deleteAcls(List.of(readOnly.toFilter())).all().get();
        }
        awaitCommitted(11);
        service.awaitReady();
        assertThat(service.read("dead-letters")).hasSize(5);
    }

    @Test
    void recordsThatACompactedTopicDoesNotTakeHoldUpThemselvesAlone() throws Exception {
        ConfigResource results = new ConfigResource(ConfigResource.Type.TOPIC, service.topic("results"));
        try (Admin admin = admin(); KafkaProducer<byte[], byte[]> producer = producer()) {
            admin.incrementalAlterConfigs(Map.of(results, List.of(new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET)))).all().get();
            service.start();
            service.send(prompts(0, 3));
            for (String prompt : prompts(10, 40)) {
                producer.send(new ProducerRecord<>(service.topic("prompts"), prompt.getBytes(StandardCharsets.UTF_8), prompt.getBytes(StandardCharsets.UTF_8))).get();
            }
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(service.read("results")).hasSize(30));
            service.awaitUnready("routes", "Compacted topic cannot accept message without key in topic partition " + service.topic("results"));
            assertThat(service.read("dead-letters")).isEmpty();
            admin.incrementalAlterConfigs(Map.of(results, List.of(new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET)))).all().get();
        }
        awaitCommitted(33);
        assertThat(service.read("results")).hasSize(33);
        assertThat(simulator.bill().completions()).isEqualTo(33);
        assertThat(service.stop().err().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ") || line.contains("takes records again"))).hasSizeLessThan(12);
    }

    // ---- consumers that cannot begin

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kafka.client.group.protocol=consumer        | group.protocol
            kafka.client.max.poll.interval.ms=2000      | max.poll.interval.ms
            kafka.client.isolation.level=none           | isolation.level
            kafka.client.fetch.max.bytes=lots           | fetch.max.bytes
            kafka.client.session.timeout.ms=3000000     | session timeout
            kafka.client.ssl.truststore.password=file:nowhere | ssl.truststore.password
            kafka.topic.results=not a name              | kafka.topic.results
            kafka.topic.prompts= , ,                    | kafka.topic.prompts
            kafka.group=                                | kafka.group
            """)
    void whatNoRetryMendsEndsTheStartWithTheReason(String key, String reason) {
        Product.Ended ended = service.ended(key).with(2);
        assertThat(ended.err()).containsIgnoringCase(reason);
    }

    @Test
    void aConsumerThatMayNotReadEndsTheStart() throws Exception {
        ResourcePattern group = new ResourcePattern(ResourceType.GROUP, service.topic("group"), PatternType.LITERAL);
        try (Admin admin = admin()) {
            admin.createAcls(List.of(new AclBinding(group, new AccessControlEntry("User:other", "*", AclOperation.READ, AclPermissionType.ALLOW)))).all().get();
        }
        assertThat(service.ended("kafka.group=" + service.topic("group")).with(2).err()).contains("GroupAuthorizationException", service.topic("group"));
    }

    @Test
    void aRightThatIsTakenAwayLaterStopsTheTakingAndIsTold() throws Exception {
        service.start();
        service.produce(0, 3);
        awaitCommitted(3);
        String name = service.topic("prompts").replace("-prompts", "");
        try (Admin admin = admin()) {
            admin.createAcls(List.of(new AclBinding(new ResourcePattern(ResourceType.GROUP, name, PatternType.LITERAL),
                    new AccessControlEntry("User:other", "*", AclOperation.READ, AclPermissionType.ALLOW)))).all().get();
        }
        service.awaitUnready("consumer", "GroupAuthorizationException");
        assertThat(service.stop().err().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))).hasSizeLessThan(12);
    }

    @Test
    void checkTellsWhatTheBrokersDoNotKnow() {
        assertThat(product.runHere("check", "-D", "kafka.brokers=" + broker.bootstrapServers(), "-D", "kafka.client.group.protocol=consumer").with(2).out())
                .contains("MEND     the brokers do not know kafka.client.group.protocol=consumer");
    }

    @Test
    void aMissingTopicOfPromptsIsNamedAndReadWhenItIsThere() throws Exception {
        service.delete("prompts");
        service.start();
        service.awaitUnready("topics", service.topic("prompts"));
        service.create(service.topic("prompts"));
        service.produce(0, 3);
        awaitCommitted(3);
        service.awaitReady();
        assertThat(service.stop().err().lines().filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))).hasSizeLessThan(10);
    }

    @Test
    void ofTwoInstancesOfOneNameTheFencedOneStopsAndTheOtherGoesOn() throws Exception {
        service.start("kafka.client.group.instance.id=one");
        service.produce(0, 20);
        awaitCommitted(20);
        try (Service second = new Service(product, broker.bootstrapServers(), service.topic("prompts").replace("-prompts", ""))) {
            second.start("kafka.client.group.instance.id=one");
            service.awaitUnready("consumer", "group.instance.id");
            service.produce(20, 60);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).isEqualTo(60));
            assertThat(second.unready()).isEmpty();
            assertThat(service.unready()).containsKey("consumer");
            assertThat(ids(second.read("results"))).doesNotHaveDuplicates().hasSize(60);
            assertThat(service.err().lines().filter(line -> line.contains("group.instance.id"))).hasSizeLessThan(4);
            second.stop();
        }
    }

    // ---- records

    /** In one service, one after the other. */
    @Test
    void recordsOfEveryKindAreTakenForWhatTheyAre() throws Exception {
        long records = tombstonesAndAbortedPromptsAreNeverPaidAndTheLagEndsAtZero();
        aDeadLetterIsTheRecordAsItCame(records);
        aCostEventThatIsTooLargeGoesWithoutMetadataAndSaysSo(records + 6);
    }

    /** @return offsets that are committed then */
    private long tombstonesAndAbortedPromptsAreNeverPaidAndTheLagEndsAtZero() throws Exception {
        String topic = service.topic("prompts");
        Properties client = new Properties();
        client.put("bootstrap.servers", broker.bootstrapServers());
        client.put("transactional.id", topic);
        try (KafkaProducer<byte[], byte[]> plain = producer();
                KafkaProducer<byte[], byte[]> transactions = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            plain.send(new ProducerRecord<>(topic, 0, "k".getBytes(StandardCharsets.UTF_8), null)).get();
            transactions.initTransactions();
            for (boolean commit : new boolean[] {false, true, false}) {
                transactions.beginTransaction();
                for (String prompt : prompts(commit ? 0 : 100, commit ? 4 : 103)) {
                    transactions.send(new ProducerRecord<>(topic, 0, null, prompt.getBytes(StandardCharsets.UTF_8)));
                    transactions.send(new ProducerRecord<>(topic, 1, null, prompt.replace("\"id\":\"p", "\"id\":\"q").getBytes(StandardCharsets.UTF_8)));
                }
                transactions.flush();
                if (commit) {
                    transactions.commitTransaction();
                } else {
                    transactions.abortTransaction();
                }
            }
        }
        service.start("kafka.client.max.request.size=1048576");
        long all = 1 + 2 * (3 + 1 + 4 + 1 + 3 + 1);
        awaitCommitted(all);
        assertThat(service.read("results")).hasSize(8);
        assertThat(service.read("dead-letters")).isEmpty();
        assertThat(simulator.bill().completions()).isEqualTo(8);
        assertThat(service.get("/observe/metrics").body()).contains("prompt_routes_prompts_total{outcome=\"passed\",pipeline=\"prompts\"} 1.0");
        service.awaitReady();
        return all;
    }

    private void aCostEventThatIsTooLargeGoesWithoutMetadataAndSaysSo(long before) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>(service.topic("prompts"), ("{\"id\":\"fat\",\"prompt\":\"Tell me.\",\"metadata\":{\"note\":\""
                    + "x".repeat(1_200_000) + "\"}}").getBytes(StandardCharsets.UTF_8))).get();
        }
        awaitCommitted(before + 1);
        service.awaitReady();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(service.read("costs")).hasSize(9));
        assertThat(service.read("costs")).filteredOn(event -> event.value().contains("\"metadata_left_out\":true")).singleElement()
                .satisfies(event -> assertThat(event.value()).contains("\"prompt_id\":\"fat\"").doesNotContain("xxxx"));
        assertThat(simulator.bill().completions()).isEqualTo(9);
    }

    private void aDeadLetterIsTheRecordAsItCame(long before) throws Exception {
        List<Header> headers = List.of(header("CamelFileName", "x"), header("camelhttpuri", "http://x"), header("kafka.TOPIC", "elsewhere"),
                header("kafka.KEY", "other"), header("none", null), header("Case", "1"), header("case", "2"), header("twice", "1"), header("twice", "2"),
                header("", "empty"), header("error-code", "their own"), header("error-text", "theirs"), header("source-topic", "before"),
                new RecordHeader("bytes", new byte[] {(byte) 0xFF, 0, 1}), header("prompt-id", null), header("empty", ""));
        long time = System.currentTimeMillis() - 3_600_000; // not so old that its topic no longer keeps it
        List<byte[]> keys = new ArrayList<>(Arrays.asList(new byte[] {(byte) 0xFF, 0}, new byte[0], null));
        byte[] value = {(byte) 0xFF, (byte) 0xFE, 0};
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (byte[] key : keys) {
                producer.send(new ProducerRecord<>(service.topic("prompts"), 0, time, key, value, headers)).get();
            }
        }
        awaitCommitted(before + 3);
        List<ConsumerRecord<byte[], byte[]>> dead = service.readBytes("dead-letters");
        assertThat(dead).hasSize(3).allSatisfy(letter -> {
            assertThat(letter.value()).isEqualTo(value);
            assertThat(letter.timestamp()).isEqualTo(time);
            List<Header> all = List.of(letter.headers().toArray());
            assertThat(all.subList(0, headers.size())).isEqualTo(headers);
            assertThat(all.subList(headers.size(), all.size())).extracting(Header::key).containsExactly("error-attempts", "error-code", "error-message",
                    "error-retryable", "prompt-id", "source-offset", "source-partition", "source-topic");
            assertThat(new String(letter.headers().lastHeader("error-code").value(), StandardCharsets.UTF_8)).isEqualTo("invalid_encoding");
        });
        assertThat(dead).extracting(ConsumerRecord::key).containsExactlyInAnyOrder(keys.toArray(byte[][]::new));

        String[] replay = {"dead-letters", "replay", "--topic", "-D", "kafka.brokers=" + broker.bootstrapServers(), "-D", "kafka.group=" + service.topic("x"),
                "-D", "kafka.topic.prompts=" + service.topic("prompts"), "-D", "kafka.topic.dead-letters=" + service.topic("dead-letters")};
        Product elsewhere = Product.in(folder.resolve("replay"));
        assertThat(elsewhere.runHere(replay).with(0).err()).contains("replayed    0 dead letters, skipped 3", "--hopeless");
        String[] all = Arrays.copyOf(replay, replay.length + 2);
        all[replay.length] = "--hopeless";
        all[replay.length + 1] = "--from-beginning";
        assertThat(elsewhere.runHere(all).with(0).err()).contains("replayed    3 dead letters");
        awaitCommitted(before + 6);
        assertThat(service.readBytes("dead-letters")).hasSize(6).filteredOn(letter -> letter.headers().lastHeader("replay-of") != null).hasSize(3).allSatisfy(letter -> {
            List<Header> again = List.of(letter.headers().toArray());
            assertThat(again.subList(0, headers.size())).isEqualTo(headers);
            assertThat(again).extracting(Header::key).filteredOn("replay-of"::equals).hasSize(1);
        });
    }

    // ---- settings

    @Test
    void severalTopicsOfPromptsAndSettingsOfTheEnvironment() throws Exception {
        String other = service.topic("more");
        service.create(other);
        Product from = product.with("KAFKA_CLIENT_ISOLATION_LEVEL", "read_uncommitted").with("KAFKA_CLIENT_CLIENT_ID", "env:MY_CLIENT").with("MY_CLIENT", "mine");
        service.produce(0, 4);
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>(other, prompts(10, 11)[0].getBytes(StandardCharsets.UTF_8)));
        }
        String topics = "kafka.topic.prompts= " + other + ", ," + service.topic("prompts") + "," + other + " ";
        try (Service both = new Service(from, broker.bootstrapServers(), service.topic("prompts").replace("-prompts", ""))) {
            both.start(topics);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(both.committed()).isEqualTo(5));
            both.awaitReady();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(both.get("/observe/health/ready").body()).contains(other)); // the lag is looked up now and then
            try (Admin admin = admin()) {
                String group = service.topic("prompts").replace("-prompts", "");
                assertThat(admin.describeConsumerGroups(List.of(group)).all().get().get(group).members()).allSatisfy(member ->
                        assertThat(member.clientId()).startsWith("mine"));
            }
            assertThat(ids(both.read("results"))).contains("p10").hasSize(5);
            both.kill();
        }
        List<String> check = new ArrayList<>(List.of("check", "-D", "kafka.brokers=" + broker.bootstrapServers(), "-D", topics));
        for (String kind : List.of("results", "costs", "dead-letters", "alerts")) {
            check.addAll(List.of("-D", "kafka.topic." + kind + "=" + service.topic(kind)));
        }
        assertThat(from.runHere(check.toArray(String[]::new)).with(0).out()).contains("6 topics");
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 4_000_000), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }
}
