package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the cache on, a thousand prompts that ask the same are one call, and a new process makes none. */
class CacheIT {

    @TempDir
    private Path folder;

    @Test
    void aThousandIdenticalPromptsAreOnePaidCallAndARestartMakesNone() {
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.record", "true", "simulator.latency", "300ms")))) {
            Product product = Product.in(folder).calling(simulator).with("CACHE_ENABLED", "on").file("first.jsonl", same("a", 1000))
                    .file("second.jsonl", same("b", 100));
            Ended first = product.runHere("batch", "first.jsonl", "--out", "first", "--concurrency", "200").with(0);
            assertThat(simulator.bill().requests()).isEqualTo(1);
            assertThat(first.err()).contains("reused      999 answers worth $");
            Outputs outputs = Outputs.of(folder.resolve("first"));
            assertThat(outputs.resultIds()).hasSize(1000).doesNotHaveDuplicates();
            assertThat(outputs.costs()).hasSize(1);

            product.runHere("batch", "second.jsonl", "--out", "second").with(0);
            assertThat(simulator.bill().requests()).isEqualTo(1);
            List<JsonNode> second = Outputs.of(folder.resolve("second")).results();
            assertThat(second).hasSize(100).allMatch(result -> result.path("cached").asBoolean() && result.path("cost_usd").decimalValue().signum() == 0);
            assertThat(second.get(0).path("text")).isEqualTo(outputs.results().get(0).path("text"));

            JsonNode total = Outputs.rows(product.runHere("costs", "--format", "json").with(0).out()).get(0);
            BigDecimal billed = simulator.bill().billedUsd();
            assertThat(total.path("cost_usd").decimalValue()).isEqualByComparingTo(billed);
            assertThat(total.path("reused").asInt()).isEqualTo(1099);
            assertThat(total.path("saved_usd").decimalValue()).isEqualByComparingTo(billed.multiply(BigDecimal.valueOf(1099)));

            product.runHere("batch", "second.jsonl", "--out", "third", "-D", "cache.enabled=off", "--fresh").with(0);
            assertThat(simulator.bill().requests()).as("off, samples are calls").isEqualTo(101);
        }
    }

    private static String same(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(number -> "{\"id\":\"%s-%d\",\"prompt\":\"Say it.\",\"model\":\"openai/gpt-4.1-mini\"}%n"
                .formatted(prefix, number)).collect(Collectors.joining());
    }
}
