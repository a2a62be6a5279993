package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.Schemas;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that do not take what is to be published, however often it is sent; and their dead letters put back when the reason is gone. */
class TooLargeIT {

    private static final String LONG = "{\"id\":\"long\",\"prompt\":\"Tell me.\",\"metadata\":{\"note\":\"" + "x".repeat(30_000) + "\"}}";
    private static final String LONGER = "{\"id\":\"longer\",\"prompt\":\"Tell me more.\",\"metadata\":{\"note\":\"" + "x".repeat(60_000) + "\"}}";

    private static final String REFUSED = "{\"id\":\"refused\",\"prompt\":\"Tell me.\",\"model\":\"openai/gpt-4.1\"}";

    @TempDir
    private Path folder;

    @Test
    void aResultThatIsTooLargeIsADeadLetterWhoseAnswerIsKeptForItsReplay() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"), Map.of("authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "allow.everyone.if.no.acl.found", "true"));
                Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "20ms", "simulator.fault.moderation", "100",
                        "simulator.fault.models", "openai/gpt-4.1")));
                Service service = new Service(product(simulator), broker.bootstrapServers(), "large")) {
            service.topics(Map.of("results", "20000", "dead-letters", "50000"));
            service.send("{\"id\":\"short\",\"prompt\":\"Tell me.\"}", LONG, LONGER, REFUSED);
            service.start();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).as("%s", service.err()).isEqualTo(4));
            service.awaitReady();
            assertThat(service.read("results")).extracting(record -> Service.header(record, "prompt-id")).containsExactly("short");

            List<ConsumerRecord<String, String>> dead = service.read("dead-letters");
            assertThat(dead).hasSize(3).filteredOn(letter -> !Service.header(letter, "prompt-id").equals("refused")).allSatisfy(letter -> {
                assertThat(Service.header(letter, "error-code")).isEqualTo("result_too_large");
                assertThat(Service.header(letter, "error-message")).contains("max.message.bytes", "kept in the ledger");
                assertThat(Service.header(letter, "source-topic")).isEqualTo("large-prompts");
            });
            assertThat(letter(dead, "long").value()).as("the original record").isEqualTo(LONG);
            JsonNode without = Schemas.DEAD_LETTER.check(Json.MAPPER.readTree(letter(dead, "longer").value()));
            assertThat(without.at("/error/code").asText()).isEqualTo("result_too_large");
            assertThat(without.at("/source/topic").asText()).isEqualTo("large-prompts");
            assertThat(without.has("request")).as("the text has no room").isFalse();
            assertThat(service.read("costs")).as("paid all the same").hasSize(3);

            assertCheckTellsWhatIsWrongWithTopics(broker, simulator);
            raise(broker, "large-results");
            simulator.configure(Simulated.by(Map.of("simulator.latency", "20ms")));
            assertThat(Product.in(folder.resolve("replay")).calling(simulator).runHere("dead-letters", "replay", "--topic", "--hopeless", "-D", "kafka.brokers=" + broker.bootstrapServers(), "-D", "kafka.group=large",
                    "-D", "kafka.topic.prompts=large-prompts", "-D", "kafka.topic.dead-letters=large-dead-letters").with(0).err())
                    .contains("replayed    2 dead letters, skipped 1: 1 result_too_large without its record");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).isEqualTo(6));
            assertThat(service.read("results")).extracting(record -> Service.header(record, "prompt-id"))
                    .containsExactlyInAnyOrder("short", "long", "refused");
            assertThat(simulator.bill().completions()).as("the kept answer is published, not paid again; the refused prompt is called again").isEqualTo(4);
        }
    }

    private Product product(Simulator simulator) {
        return Product.in(folder.resolve("run")).calling(simulator);
    }

    /** The command check, asked along the way because there is a broker here: topics that are missing, too small, or not to be written to. */
    private void assertCheckTellsWhatIsWrongWithTopics(KafkaBroker broker, Simulator simulator) throws Exception {
        try (AdminClient admin = AdminClient.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            ResourcePattern topic = new ResourcePattern(ResourceType.TOPIC, "large-alerts", PatternType.LITERAL);
            admin.createAcls(List.of(new AclBinding(topic, new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW))))
                    .all().get();
        }
        Product.Ended ended = Product.in(folder.resolve("check")).calling(simulator).runHere("check", "-D", "kafka.brokers=" + broker.bootstrapServers(),
                "-D", "kafka.group=large", "-D", "kafka.topic.prompts=large-prompts", "-D", "kafka.topic.results=large-results",
                "-D", "kafka.topic.costs=large-cost", "-D", "kafka.topic.dead-letters=large-dead-letters", "-D", "kafka.topic.alerts=large-alerts").with(2);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out().lines().filter(line -> !line.startsWith(" "))).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).isEqualTo("MEND     there is no topic large-cost"),
                one -> assertThat(one).isEqualTo("MEND     no right to WRITE topic large-alerts"),
                one -> assertThat(one).startsWith("warning  records of topic large-prompts can have ").contains("dead letters only 50000"),
                one -> assertThat(one).startsWith("2 to mend, 1 warning;").contains("4 topics", "the API key"));
        assertThat(ended.out()).contains("key kafka.topic.costs", "kafka-topics.sh --create --topic large-cost");
    }

    private static ConsumerRecord<String, String> letter(List<ConsumerRecord<String, String>> letters, String id) {
        return letters.stream().filter(letter -> Service.header(letter, "prompt-id").equals(id)).findFirst().orElseThrow();
    }

    private static void raise(KafkaBroker broker, String topic) throws Exception {
        try (AdminClient admin = AdminClient.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic),
                    List.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", "1000000"), AlterConfigOp.OpType.SET)))).all().get();
        }
    }
}
