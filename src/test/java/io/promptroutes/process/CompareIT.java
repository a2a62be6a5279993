package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Comparisons as a job: partial results, and what a kill costs. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Execution(ExecutionMode.CONCURRENT)
class CompareIT {

    private static final int PROMPTS = 60;

    @TempDir
    private Path folder;

    private static Simulator simulator(Map<String, String> settings) {
        return Simulator.start(Simulated.by(new HashMap<>(settings)));
    }

    private static String prompts(int count) {
        return IntStream.range(0, count).mapToObj(number -> "{\"id\":\"c-%d\",\"prompt\":\"Which is number %d?\",\"strategy\":\"compare\"}%n".formatted(number, number))
                .collect(Collectors.joining());
    }

    private static BigDecimal sum(Outputs outputs) {
        return outputs.costs().stream().map(event -> event.at("/data/cost_usd").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @Test
    void aKilledJobOfComparisonsPaysAgainOnlyWhatWasUnderWay() throws Exception {
        try (Simulator server = simulator(Map.of("simulator.latency", "150ms", "simulator.record", "true"))) {
            Product product = Product.in(folder).calling(server).file("prompts.jsonl", prompts(PROMPTS));
            Running running = product.start("batch", "prompts.jsonl", "--out", "out", "--concurrency", "16");
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5)).until(() -> server.bill().completions() > PROMPTS);
            assertThat(running.process().isAlive()).isTrue();
            running.process().destroyForcibly().waitFor();
            await().until(() -> server.bill().inFlight() == 0);

            Product.Ended ended = product.run("batch", "prompts.jsonl", "--out", "out", "--concurrency", "16").with(0);
            Bill bill = server.bill();
            Outputs outputs = Outputs.of(folder.resolve("out"));
            assertThat(outputs.resultIds()).containsExactlyInAnyOrderElementsOf(IntStream.range(0, PROMPTS).mapToObj(number -> "c-" + number).toList());
            assertThat(outputs.deadLetters()).isEmpty();
            for (JsonNode result : outputs.results()) {
                assertThat(result.path("model_results")).hasSize(3);
                assertThat(result.at("/analysis/successful_answers").asInt()).isEqualTo(3);
            }
            long extra = bill.completions() - 3L * PROMPTS;
            System.out.printf("%d calls for %d comparisons of three, %d of them again after a kill with up to 16 in flight%n", bill.completions(), PROMPTS, extra);
            assertThat(extra).as("calls beyond one for each branch").isBetween(0L, 16L);
            assertThat(sum(outputs)).as("known costs are never more than the bill").isLessThanOrEqualTo(bill.billedUsd());
            assertThat(outputs.costs()).hasSizeBetween(3 * PROMPTS, (int) bill.completions());
            assertThat(ended.err()).contains("reused").doesNotContain("MISMATCH");
        }
    }

    /** A topic, a kill and comparisons, each of which the suite has without one of the others: RunIT, InboxIT. */
    @Test
    @Tag("chaos")
    void aTopicOfComparisonsIsEnrichedThroughAKill() throws Exception {
        int prompts = 40;
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"));
                Simulator server = simulator(Map.of("simulator.latency", "200ms", "simulator.record", "true"))) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", "test", "auto.offset.reset", "earliest");
            try (Admin admin = Admin.create(kafka)) {
                admin.createTopics(Stream.of("prompts", "prompt-results", "prompt-costs", "prompt-dead-letters", "prompt-alerts")
                        .map(name -> new NewTopic(name, 2, (short) 1)).toList()).all().get();
            }
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(kafka, new StringSerializer(), new StringSerializer())) {
                prompts(prompts).lines().forEach(line -> producer.send(new ProducerRecord<>("prompts", null, line)));
            }
            Product product = Product.in(folder.resolve("run")).calling(server).with("KAFKA_BROKERS", broker.bootstrapServers());
            String[] command = {"run", "-D", "prompts.concurrency=8", "-D", "ledger.lease=2s", "-D", "kafka.client.session.timeout.ms=6000"};
            Running first = product.start(command);
            await().atMost(Duration.ofSeconds(60)).until(() -> server.bill().completions() > prompts);
            first.process().destroyForcibly().waitFor();
            Running second = product.start(command);
            Set<String> answered = new HashSet<>();
            Set<String> paid = new HashSet<>();
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(kafka, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of("prompt-results", "prompt-costs", "prompt-dead-letters"));
                await().atMost(Duration.ofSeconds(90)).until(() -> {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                        assertThat(record.topic()).isNotEqualTo("prompt-dead-letters");
                        JsonNode value = Outputs.json(record.value());
                        if (record.topic().equals("prompt-results")) {
                            assertThat(value.at("/analysis/successful_answers").asInt()).isEqualTo(3);
                            answered.add(value.path("id").asText());
                        } else {
                            paid.add(value.path("subject").asText() + value.at("/data/model_requested").asText());
                        }
                    }
                    return answered.size() == prompts && paid.size() == 3 * prompts;
                });
            }
            second.process().destroy();
            second.ended(Duration.ofSeconds(60)).with(3);
            assertThat(server.bill().completions()).isBetween(3L * prompts, 3L * prompts + 8);
        }
    }

    @Test
    void oneModelThatIsGoneAndOneThatHangsLeaveTheOthersAnswers() {
        try (Simulator server = simulator(Map.of("simulator.latency", "50ms", "simulator.models.missing", "openai/gpt-4.1", "simulator.fault.dribble", "100",
                "simulator.fault.models", "google/gemini-2.5-flash"))) {
            Product.in(folder).calling(server).file("prompts.jsonl",
                    "{\"id\":\"c\",\"prompt\":\"Which?\",\"strategy\":\"compare\",\"comparison\":\"diverse\"}\n")
                    .runHere("batch", "prompts.jsonl", "--out", "out", "-D", "strategy.compare.timeout=3s").with(0);
            Outputs outputs = Outputs.of(folder.resolve("out"));
            JsonNode result = outputs.results().get(0);
            assertThat(result.at("/analysis/successful_answers").asInt()).isEqualTo(3);
            assertThat(result.at("/analysis/models_tested").asInt()).isEqualTo(5);
            Map<String, String> codes = new HashMap<>();
            result.path("model_results").forEach(row -> codes.put(row.path("model").asText(), row.at("/error/code").asText("")));
            assertThat(codes).containsEntry("google/gemini-2.5-flash", "timeout").containsEntry("openai/gpt-4.1", "model_gone")
                    .containsEntry("anthropic/claude-sonnet-4.5", "");
            assertThat(outputs.costs()).as("one event for each that was or may have been billed, and what the hanging one turned out to be")
                    .extracting(event -> event.at("/data/status").asText()).containsExactlyInAnyOrder("success", "success", "success", "unknown", "looked_up");
        }
    }
}
