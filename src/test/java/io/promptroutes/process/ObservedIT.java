package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.cli.OtlpReceiver;
import io.promptroutes.cli.OtlpReceiver.Span;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a running service, all at once: meters as documented, a trace from record to call to result, logs as JSON. */
class ObservedIT {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Test
    void metersAreThoseOfTheDocsAndTheTraceGoesOnAndLogsAreJson(@TempDir Path folder) throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker")); OtlpReceiver collector = new OtlpReceiver();
                Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency.min", "20ms", "simulator.latency.max", "40ms")));
                Service service = new Service(Product.in(folder.resolve("observed")).calling(simulator).with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address())
                        .with("OTEL_BSP_SCHEDULE_DELAY", "100"), broker.bootstrapServers(), "observed")) {
            service.topics(Map.of());
            service.start("logs.format=json", "metrics.refresh=1s", "budget.total.day=5", "health.openrouter-every=1s");
            service.send("{\"broken");
            service.sendBelow("{\"id\":\"p1\",\"prompt\":\"A secret question\",\"models\":[\"openai/gpt-4.1-mini\"]}", "00-" + TRACE + "-00f067aa0ba902b7-01");
            await().atMost(Duration.ofSeconds(60)).until(() -> service.committed() == 2);
            await().atMost(Duration.ofSeconds(30)).until(() -> collector.spans().stream().filter(span -> span.trace().equals(TRACE)).count() == 2);
            traced(service, collector.spans().stream().filter(span -> span.trace().equals(TRACE)).toList());
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                String text = service.get("/observe/metrics").body();
                assertThat(text.lines()).contains("prompt_routes_kafka_lag{topic=\"observed-prompts\"} 0.0", "prompt_routes_prompts_total{outcome=\"answered\",pipeline=\"prompts\"} 1.0",
                        "prompt_routes_budget_limit_USD{budget=\"total.day\"} 5.0", "prompt_routes_ready{check=\"broker\"} 1.0", "prompt_routes_in_flight 0.0");
                // no fallback has happened, and the simulator's key has no limit
                assertThat(names(text)).containsAll(documented().stream().filter(name -> !name.matches("prompt_routes_(fallbacks_total|credit_left_USD)")).toList());
                assertThat(documented()).containsAll(names(text));
            });
            assertThat(service.get("/observe/health/ready").body()).contains("total.day: $", "0 records of observed-prompts are not finished", "all models are called",
                    "\"openrouter\",\"status\":\"UP\"", "\"key\",\"status\":\"UP\"");
            for (String line : service.err().lines().toList()) {
                assertThat(Json.MAPPER.readTree(line).path("message").asText()).isNotEmpty();
            }
            assertThat(service.err()).doesNotContain("secret question", Product.KEY);
        }
    }

    private static void traced(Service service, List<Span> spans) throws Exception {
        Span prompt = spans.stream().filter(span -> span.name().equals("prompt")).findFirst().orElseThrow();
        Span call = spans.stream().filter(span -> span.name().equals("chat openai/gpt-4.1-mini")).findFirst().orElseThrow();
        assertThat(prompt.parent()).isEqualTo("00f067aa0ba902b7");
        assertThat(call.parent()).isEqualTo(prompt.id());
        ConsumerRecord<String, String> result = service.read("results").get(0);
        assertThat(Service.header(result, "traceparent")).isEqualTo("00-" + TRACE + "-" + prompt.id() + "-01");
        JsonNode json = Json.MAPPER.readTree(result.value());
        assertThat(json.path("generation_id").asText()).isEqualTo(call.attributes().get("gen_ai.response.id"));
    }

    private static Set<String> documented() throws Exception {
        return Pattern.compile("(?m)^\\| `((?:gen_ai|prompt_routes)_\\w+)`").matcher(Files.readString(Path.of("docs/metrics.md"))).results()
                .map((MatchResult found) -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(String text) {
        return text.lines().filter(line -> line.matches("# TYPE (gen_ai|prompt_routes)_.*") && !line.contains("_max gauge")).map(line -> line.split(" ")[2])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
