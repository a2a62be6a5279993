package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.OperationsTest;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules and the dashboard, by Prometheus itself (Debian's package prometheus): mvn verify -Ppromtool. */
@Tag("promtool")
class AlertRulesIT {

    private static final Path RULES = Path.of("docs", "operations", "alerts.yml");
    /** A name of ours or of the conventions, in a query. */
    private static final Pattern METER = Pattern.compile("\\b(?:prompt_routes|gen_ai|jvm|process)_\\w+");
    /** Labels of ours that look like meters. */
    private static final Set<String> LABELS = Set.of("gen_ai_request_model", "gen_ai_token_type");

    @TempDir
    private Path folder;

    @Test
    void theRulesAreAcceptedAndDoWithTheirNumbersWhatTheySay() {
        Prometheus.promtool("", "check", "rules", RULES.toString());
        Prometheus.promtool("", "test", "rules", "src/test/promtool/alerts.test.yml");
    }

    /** Minutes become seconds, so that the same rules can be seen at work; before its first scrape a service is not down yet. */
    private static String quick() throws IOException {
        return Files.readString(RULES).replaceFirst("for: 2m", "for: 15s").replaceAll("for: \\d+m", "for: 1s").replaceAll("\\[(5m|10m|15m|1h)]", "[15s]")
                .replace("kafka_lag) > 1000", "kafka_lag) > 20").replace("> 900", "> 3");
    }

    private static SimulatorConfig simulated(String... faults) {
        Map<String, String> keys = new HashMap<>(Map.of("simulator.latency.min", "10ms", "simulator.latency.max", "30ms"));
        for (int i = 0; i < faults.length; i += 2) {
            keys.put("simulator." + faults[i], faults[i + 1]);
        }
        return Simulated.by(keys);
    }

    /** Little is reserved beyond what is paid, so that a budget can be used up to its last hundredth. */
    private static void produce(Service service, int prompts) {
        String[] values = new String[prompts];
        Arrays.fill(values, "{\"prompt\":\"Why?\",\"model\":\"openai/gpt-4.1\",\"max_tokens\":40}");
        service.send(values);
    }

    @Test
    void everyAlertFiresForItsFaultAndNoneWithoutOne() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"));
                Simulator simulator = Simulator.start(simulated());
                Service service = new Service(Product.in(folder.resolve("run")).calling(simulator), broker.bootstrapServers(), "alerts")) {
            service.topics(Map.of());
            service.start("metrics.refresh=1s", "alerts.credit-every=1s", "health.openrouter-every=1s", "budget.total.day=0.1", "openrouter.timeout=1s",
                    "retry.backoff=10ms", "breaker.calls=3", "breaker.failure-percent=20", "breaker.window=60s", "breaker.open=3s", "prompts.deadline=20s",
                    "generations.every=1h", "pause.max=2s");
            try (Prometheus prometheus = new Prometheus(folder.resolve("prometheus"), service.address(), quick())) {
                produce(service, 20);
                await().atMost(Duration.ofSeconds(60)).until(() -> service.committed() == 20);
                await().atMost(Duration.ofSeconds(30)).until(() -> prometheus.labels("prompt_routes_kafka_lag == 0", "topic"), Set.of("alerts-prompts")::equals);
                assertThat(prometheus.fired()).as("all is well").isEmpty();
                Prometheus.promtool(service.get("/observe/metrics").body(), "check", "metrics");

                simulator.configure(simulated("fault.server-error", "25", "fault.dribble", "10", "credit", "4"));
                Set<String> expected = new TreeSet<>(OperationsTest.alerts().keySet());
                expected.removeAll(Set.of("PromptRoutesDown", "PromptRoutesSpendingSpike")); // the one later, the other takes a day: promtool has it
                await().atMost(Duration.ofSeconds(180)).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
                    produce(service, 50);
                    service.send("{ten", "{lines", "{that", "{are", "{no", "{JSON", "{and", "{so", "{no", "{prompts");
                    Set<String> missing = new TreeSet<>(expected);
                    missing.removeAll(prometheus.fired());
                    assertThat(missing).as("have not fired").isEmpty();
                });
                assertThat(dashboardMeters()).as("the dashboard asks for what is there").isSubsetOf(exposed(service.get("/observe/metrics").body()));
                Prometheus.promtool(service.get("/observe/metrics").body(), "check", "metrics");

                service.kill();
                await().atMost(Duration.ofSeconds(90)).until(() -> prometheus.fired().contains("PromptRoutesDown"));
            }
        }
    }

    private static Set<String> dashboardMeters() throws IOException {
        Set<String> meters = new TreeSet<>();
        for (String query : OperationsTest.queries()) {
            Matcher meter = METER.matcher(query);
            while (meter.find()) {
                meters.add(meter.group());
            }
        }
        meters.removeAll(LABELS);
        assertThat(meters).hasSizeGreaterThan(25);
        return meters;
    }

    /** Cache hits and free tokens are there from the start; what a fault is needed for has had its fault by now. */
    private static Set<String> exposed(String metrics) {
        return metrics.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("[{ ]")[0]).collect(Collectors.toSet());
    }

    @Test
    void everyQueryOfTheDashboardCanBeRead() throws IOException {
        StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        int number = 0;
        for (String query : OperationsTest.queries()) {
            String plain = query.replace("$__rate_interval", "5m").replace("$__range", "6h").replace("$instance", ".*");
            rules.append("  - record: dashboard:query").append(++number).append("\n    expr: ").append(Json.MAPPER.writeValueAsString(plain))
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("dashboard.yml"), rules);
        assertThat(Prometheus.promtool("", "check", "rules", file.toString())).contains(number + " rules found");
    }
}
