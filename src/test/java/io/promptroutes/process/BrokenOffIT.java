package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that wait for prompts, one of which meets a clause of the user's own that throws. */
class BrokenOffIT {

    private static final String FALLBACK = "routes/engine/fallback.camel.yaml";
    private static final String REFUSED = "{\"id\":\"refused\",\"prompt\":\"Tell me.\",\"model\":\"openai/gpt-4.1\"}";

    @TempDir
    private Path folder;
    private Simulator simulator;
    private Product product;

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "20ms", "simulator.fault.moderation", "100", "simulator.fault.models", "openai/gpt-4.1")));
        product = Product.in(folder.resolve("run")).calling(simulator).file(FALLBACK, Files.readString(Path.of(FALLBACK)).replace("""
                            - bean:
                                id: after-refused-request
                """, """
                            - throwException:
                                exceptionType: java.lang.IllegalStateException
                                message: a step of somebody's own
                            - bean:
                                id: after-refused-request
                """));
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void aJobAndAQuestionEnd() {
        Product.Ended job = product.file("in.jsonl", REFUSED + "\n{\"id\":\"a\",\"prompt\":\"Fine.\"}\n{\"id\":\"b\",\"prompt\":\"Fine.\"}\n")
                .runHere("batch", "in.jsonl", "--out", "out", "--concurrency", "1").with(1);
        assertThat(job.err()).contains("3 in = 2 answered + 1 dead letters", "1 internal_error").doesNotContain("STOPPED", "MISMATCH")
                .as("the server's words may quote the prompt").doesNotContain("flagged");
        Outputs outputs = Outputs.of(folder.resolve("run/out"));
        assertThat(outputs.resultIds()).containsExactlyInAnyOrder("a", "b");
        assertThat(outputs.deadLetter("refused").at("/error/message").asText()).isEqualTo("IllegalStateException: a step of somebody's own");

        JsonNode asked = Outputs.json(product.runHere("ask", "Tell me.", "--model", "openai/gpt-4.1").with(1).out());
        assertThat(asked.at("/error/code").asText()).isEqualTo("internal_error");
        assertThat(asked.at("/attempts/0/error").asText()).startsWith("moderation:");
    }

    @Test
    void aRecordIsADeadLetterAndCommitted() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker")); Service service = new Service(product, broker.bootstrapServers(), "broken")) {
            service.topics(Map.of());
            service.send(REFUSED);
            service.produce(0, 3);
            service.start("prompts.concurrency=1");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).as("%s", service.err()).isEqualTo(4));
            service.awaitReady();
            assertThat(service.read("results")).hasSize(3);
            assertThat(service.read("dead-letters")).singleElement().satisfies(letter -> {
                assertThat(letter.value()).isEqualTo(REFUSED);
                assertThat(Service.header(letter, "error-code")).isEqualTo("internal_error");
                assertThat(Service.header(letter, "error-attempts")).isEqualTo("1");
            });
            service.stop();
        }
    }
}
