package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What /observe/metrics says of calls and prompts: names, labels, buckets and figures, to the letter. */
class MetersTest {

    private static final Pattern SERIES = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final String ENDPOINT = "gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model pipeline server_address server_port";
    private static final Set<String> SECONDS = Set.of("0.01", "0.02", "0.04", "0.08", "0.16", "0.32", "0.64", "1.28", "2.56", "5.12", "10.24", "20.48", "40.96",
            "81.92", "+Inf");
    private static final Set<String> TOKENS = Set.of("1.0", "4.0", "16.0", "64.0", "256.0", "1024.0", "4096.0", "16384.0", "65536.0", "262144.0", "1048576.0",
            "4194304.0", "1.6777216E7", "6.7108864E7", "+Inf");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private ScriptedServer server;
    private RoutesUnderTest routes;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        routes = RoutesUnderTest.counting(server.baseUrl(), Map.of("prompts.concurrency", "1"), registry);
    }

    @AfterEach
    void stop() throws IOException {
        routes.close();
        server.close();
    }

    /** An answer on the second model, one of a model that is in no table, and a line that is no prompt. */
    private void three() {
        server.script(Reply.error(502, "down"), Reply.error(502, "down"), Reply.answer("""
                "model":"google/gemini-2.5-flash-lite","usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"cost":0.5,
                "prompt_tokens_details":{"cached_tokens":6},"completion_tokens_details":{"reasoning_tokens":3}}"""));
        routes.ask("{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\",\"task\":\"chat\"}");
        routes.ask("{\"prompt\":\"Hello\",\"model\":\"somebody/elses\",\"tenant\":\"their-tenant\"}");
        routes.ask("{\"prompt\":}");
        await().atMost(Duration.ofSeconds(10)).until(() -> finished() == 3);
    }

    @Test
    void namesLabelsAndBucketsAreTheConventions() {
        three();
        Map<String, String> named = new TreeMap<>();
        Map<String, Set<String>> buckets = new TreeMap<>();
        series((name, labels, value) -> {
            String le = labels.remove("le");
            if (le != null) {
                buckets.computeIfAbsent(name, any -> new TreeSet<>()).add(le);
            }
            String before = named.put(name.replaceAll("_(bucket|count|sum|max)$", ""), String.join(" ", labels.keySet()));
            assertThat(before).as(name).isIn(null, String.join(" ", labels.keySet()));
        });
        Map<String, String> expected = new TreeMap<>(Map.of(
                "gen_ai_client_operation_duration_seconds", "error_type " + ENDPOINT,
                "gen_ai_client_token_usage", ENDPOINT.replace("pipeline", "gen_ai_token_type pipeline"),
                "prompt_routes_cost_USD_total", "cost_source model pipeline service_tier task",
                "prompt_routes_prompts_total", "outcome pipeline",
                "prompt_routes_dead_letters_total", "code pipeline",
                "prompt_routes_fallbacks_total", "pipeline reason",
                "prompt_routes_cache_hits_total", "",
                "prompt_routes_cache_saved_USD_total", "",
                "prompt_routes_calls_unknown_cost_total", "pipeline"));
        Stream.of("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_write_input_tokens", "reasoning_output_tokens").forEach(kind -> expected.put(
                "gen_ai_client_inference_usage_" + kind + "_total", ENDPOINT.replace("pipeline", "gen_ai_token_modality pipeline")));
        assertThat(named).isEqualTo(expected);
        assertThat(buckets.get("gen_ai_client_operation_duration_seconds_bucket")).isEqualTo(SECONDS);
        assertThat(buckets.get("gen_ai_client_token_usage_bucket")).isEqualTo(TOKENS);
        assertThat(registry.scrape()).contains("# TYPE gen_ai_client_operation_duration_seconds histogram", "# TYPE gen_ai_client_token_usage histogram",
                "# TYPE gen_ai_client_inference_usage_input_tokens_total counter", "# TYPE prompt_routes_cost_USD_total counter");
    }

    @Test
    void figuresAreThoseOfTheCalls() {
        three();
        String call = "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openrouter\",gen_ai_request_model=\"%s\",gen_ai_response_model=\"%s\",";
        String at = "pipeline=\"batch\",server_address=\"127.0.0.1\",server_port=\"" + server.port() + "\"}";
        String lite = call.formatted("google/gemini-2.5-flash-lite", "google/gemini-2.5-flash-lite");
        List<String> lines = registry.scrape().lines().toList();
        assertThat(Stream.of(
                "gen_ai_client_operation_duration_seconds_count{error_type=\"provider_error\"," + call.formatted("openai/gpt-4.1-mini", "") + at + " 2",
                "gen_ai_client_operation_duration_seconds_count{error_type=\"\"," + lite + at + " 1",
                "gen_ai_client_operation_duration_seconds_count{error_type=\"\"," + call.formatted("other", "other") + at + " 1",
                "gen_ai_client_token_usage_sum{" + lite + "gen_ai_token_type=\"input\"," + at + " 10.0",
                "gen_ai_client_token_usage_sum{" + lite + "gen_ai_token_type=\"output\"," + at + " 4.0",
                "gen_ai_client_inference_usage_input_tokens_total{" + lite + "gen_ai_token_modality=\"unknown\"," + at + " 10.0",
                "gen_ai_client_inference_usage_cache_read_input_tokens_total{" + lite + "gen_ai_token_modality=\"unknown\"," + at + " 6.0",
                "gen_ai_client_inference_usage_reasoning_output_tokens_total{" + lite + "gen_ai_token_modality=\"unknown\"," + at + " 3.0",
                "gen_ai_client_inference_usage_input_tokens_total{" + call.formatted("openai/gpt-4.1-mini", "") + "gen_ai_token_modality=\"unknown\"," + at + " 0.0",
                "prompt_routes_cost_USD_total{cost_source=\"reported\",model=\"google/gemini-2.5-flash-lite\",pipeline=\"batch\",service_tier=\"\",task=\"chat\"} 0.5",
                "prompt_routes_calls_unknown_cost_total{pipeline=\"batch\"} 0.0",
                "prompt_routes_prompts_total{outcome=\"answered\",pipeline=\"batch\"} 2.0",
                "prompt_routes_prompts_total{outcome=\"dead_letter\",pipeline=\"batch\"} 1.0",
                "prompt_routes_prompts_total{outcome=\"reused\",pipeline=\"batch\"} 0.0",
                "prompt_routes_fallbacks_total{pipeline=\"batch\",reason=\"provider_error\"} 1.0",
                "prompt_routes_dead_letters_total{code=\"invalid_json\",pipeline=\"batch\"} 1.0").filter(line -> !lines.contains(line))).as("lines that are not there").isEmpty();
        assertThat(registry.scrape()).doesNotContain("somebody", "their-tenant", "Hello");
    }

    @Test
    void promptsCannotMakeSeries() {
        three();
        long before = registry.scrape().lines().count();
        for (int n = 0; n < 30; n++) {
            server.script(Reply.answer("\"model\":\"served/" + n + "\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"cost\":0}"));
            routes.ask("{\"prompt\":\"Hello\",\"model\":\"made/up-%d\",\"tenant\":\"t%d\",\"task\":\"general\",\"id\":\"i%d\"}".formatted(n, n, n));
        }
        assertThat(registry.scrape().lines().count()).as("one more task has a cost").isLessThanOrEqualTo(before + 1);
    }

    private interface Series {
        void of(String name, Map<String, String> labels, String value);
    }

    private void series(Series each) {
        registry.scrape().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher series = SERIES.matcher(line);
            assertThat(series.matches()).as(line).isTrue();
            Map<String, String> labels = new TreeMap<>();
            Matcher label = LABEL.matcher(series.group(2) == null ? "" : series.group(2));
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
            each.of(series.group(1), labels, series.group(3));
        });
    }

    private double finished() {
        return registry.scrape().lines().filter(line -> line.startsWith("prompt_routes_prompts_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }
}
