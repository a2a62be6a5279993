package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.registry.RegistryUnderTest;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Before the first call is paid, a user sees what would be sent of his own records. */
class SampleIT {

    private static final String LETTER = "{\"type\":\"record\",\"name\":\"Letter\",\"fields\":[{\"name\":\"words\",\"type\":\"string\"},{\"name\":\"pin\",\"type\":\"int\"}]}";

    @TempDir
    private static Path disk;
    private static KafkaBroker broker;
    private static Admin admin;

    @TempDir
    private Path folder;
    @AutoClose
    private final Simulator simulator = Simulator.start(Simulated.by(Map.of()));
    @AutoClose
    private final RegistryUnderTest registry = new RegistryUnderTest().schema(1, null, LETTER);
    private Product product;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = KafkaBroker.start(disk);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        admin.createTopics(List.of(new NewTopic("tickets", 2, (short) 1), new NewTopic("letters", 1, (short) 1), new NewTopic("tickets-enriched", 1, (short) 1),
                new NewTopic("prompt-dead-letters", 1, (short) 1), new NewTopic("prompt-costs", 1, (short) 1), new NewTopic("prompt-alerts", 1, (short) 1))).all().get();
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void routes() {
        product = Product.in(folder).calling(simulator).with("REGISTRY", registry.url().replace("//", "//user:canary-pin@"))
                .file("prompts/ticket.mustache", "Sum up the ticket of {{customer.name}}:\n{{text}}\n{{#note}}Note: {{note}}{{/note}}{{#vpi}}Hurry.{{/vpi}}")
                .file("prompts/ticket.schema.json", """
                        {"type":"object","properties":{"summary":{"type":"string"},"mood":{"enum":["good","bad"]}},"required":["summary","mood"],"additionalProperties":false}""")
                .file("routes/tickets.camel.yaml", """
                        - route:
                            id: tickets
                            from:
                              uri: windowed-kafka:tickets
                              parameters:
                                groupId: tickets
                              steps:
                                - to:
                                    uri: prompt:tickets
                                    parameters:
                                      prompt: file:prompts/ticket.mustache
                                      schema: file:prompts/ticket.schema.json
                                      model: openai/gpt-4.1-mini
                                      result: ".record + {summary: .answer.summary, mood: .answer.mood}"
                                - to: kafka:tickets-enriched
                        """)
                .file("routes/letters.camel.yaml", """
                        - route:
                            id: letters
                            from:
                              uri: windowed-kafka:letters
                              parameters:
                                groupId: letters
                                registry: "{{env:REGISTRY}}"
                              steps:
                                - to:
                                    uri: prompt:letters
                                    parameters:
                                      prompt: '"Answer \\(.words)"'
                                      model: openai/gpt-4.1-mini
                                      result: text
                                - to: kafka:tickets-enriched
                        """);
    }

    private Ended check(String sample) {
        return product.runHere("check", "--sample", sample, "-D", "kafka.brokers=" + broker.bootstrapServers());
    }

    private static void send(String topic, Integer partition, byte[]... values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrapServers()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (byte[] value : values) {
                producer.send(new ProducerRecord<>(topic, partition, null, value)).get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void nothingWasCalledOrCommitted(Ended ended) throws Exception {
        assertThat(simulator.bill().requests()).isZero();
        assertThat(admin.listConsumerGroups().all().get()).isEmpty();
        assertThat(ended.out()).doesNotContain(Product.KEY).doesNotContain("canary-pin");
        assertThat(folder.resolve("data/ledger.db")).doesNotExist();
    }

    @Test
    void linesOfAFileAreShownAsThePipelineWouldSendThem() throws Exception {
        product.file("tickets.jsonl", """
                {"id":7,"customer":{"name":"Ada"},"text":"It is cold.\\nVery\\u001b[31m.","note":null,"price":1.50}
                {"id":8,"customer":{},"text":"It is warm.","note":"x"}
                {"id":9,"cus
                """);
        Files.delete(folder.resolve("routes/letters.camel.yaml"));
        Ended ended = product.runHere("check", "--offline", "--sample", "tickets.jsonl").with(0);

        assertThat(ended.out().lines().map(line -> line.strip().replaceFirst("task \\w+", "task found"))).containsSubsequence(
                "pipeline    tickets: 3 records, the first of file tickets.jsonl; nothing was called",
                "model       openai/gpt-4.1-mini (task found)",
                "| Sum up the ticket of Ada:",
                "| It is cold.",
                "| Very\\u001b[31m.",
                "sent with   response_format",
                "leaves      of the record: customer, text",
                "stays       id, note, price",
                "| {\"id\":7,\"customer\":{\"name\":\"Ada\"},\"text\":\"It is cold.\\nVery\\u001b[31m.\",\"note\":null,\"price\":1.50,\"summary\":\"...\",\"mood\":\"good\"}".replace("\\u001b", "\\u001B"),
                "dead letter tickets.jsonl:2: missing_prompt, there is no field 'customer.name' for the template",
                "dead letter tickets.jsonl:3: invalid_json, not valid JSON: it ends in the middle");
        assertThat(ended.out()).containsPattern("estimate +first calls of 1 record: \\d+ tokens in, expected \\$0\\.00\\d+, at most \\$0\\.00")
                .contains("warning  pipeline tickets: no record of the sample has vpi, which its template names").doesNotContain("has note");
        assertThat(ended.err()).isEmpty();
        nothingWasCalledOrCommitted(ended);
    }

    @Test
    void theLatestRecordsOfATopicAreReadBesideItsGroup() throws Exception {
        for (int n = 0; n < 30; n++) {
            send("tickets", n % 2, bytes("{\"id\":" + n + ",\"customer\":{\"name\":\"Ada\"},\"text\":\"Old.\"}"));
        }
        send("tickets", 0, bytes("{\"id\":30,\"customer\":{\"name\":\"Bob\"},\"text\":\"New.\",\"secret\":\"s\"}"), null, new byte[] {(byte) 0xFF, 0, 1});
        Ended ended = check("tickets").with(0);

        assertThat(ended.out()).contains("pipeline    tickets: 10 records, the latest of topic tickets; nothing was called, no offset was committed")
                .contains("tombstones  1, which ask nothing").contains("dead letter tickets-0-17: invalid_encoding, not UTF-8").contains("first calls of 8 records")
                .doesNotContain("pipeline    letters");
        nothingWasCalledOrCommitted(ended);
    }

    @Test
    void avroRecordsAreShownAsTheJsonThatTheyAre() throws Exception {
        GenericData.Record letter = new GenericData.Record(new Schema.Parser().parse(LETTER));
        letter.put("words", "Dear Sir");
        letter.put("pin", 1234);
        send("letters", 0, RegistryUnderTest.avro(1, LETTER, letter), bytes("plain"));
        Ended ended = check("letters").with(0);

        assertThat(ended.out()).contains("| Answer Dear Sir").contains("leaves      of the record: words").contains("stays       pin").contains("| (the answer)")
                .contains("dead letter letters-0-1: invalid_encoding, not in the wire format of a schema registry");
        nothingWasCalledOrCommitted(ended);

        registry.status = 503;
        assertThat(check("letters").with(2).out()).contains("MEND     topic letters cannot be sampled: ").contains(registry.url()).doesNotContain("canary-pin");
    }

    /** Without asking it anything. */
    @Test
    void aProviderOfAPipelineIsLookedFor() throws Exception {
        String route = Files.readString(folder.resolve("routes/tickets.camel.yaml")).replaceFirst("( +)model: \\S+", "$1model: local\n$1provider: acme");
        product.file("routes/tickets.camel.yaml", route).file("tickets.jsonl", "{\"customer\":{\"name\":\"Ada\"},\"text\":\"Cold.\"}\n");
        String[] words = {"check", "--offline", "--sample", "tickets.jsonl"};
        assertThat(product.runHere(words).with(2).out()).contains("MEND     pipeline tickets: no provider is called acme");
        product.runHere("providers", "add", "acme", "--url", "http://127.0.0.1:9/v1").with(0);
        assertThat(product.runHere(words).with(0).out()).contains("pipeline    tickets: 1 record").contains("model       local (task").doesNotContain("MEND");
    }

    @ParameterizedTest
    @CsvSource({"nowhere, neither a file nor a topic that a pipeline reads, 'one of these topics: letters, tickets'", "tickets --offline, is a topic, leave --offline out"})
    void whatCannotBeSampledIsSaid(String sample, String what, String todo) {
        String[] words = ("check --sample " + sample + " -D kafka.brokers=" + broker.bootstrapServers()).split(" ");
        assertThat(product.runHere(words).with(2).out()).contains("MEND     --sample").contains(what).contains(todo);
    }
}
