package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.cli.OtlpReceiver.Span;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a collector gets: spans by OTLP, from the sender's traceparent on, across queues, waits and fallbacks. */
class TracesTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SENDER = "00f067aa0ba902b7";
    private static final Map<String, String> COLLECTOR = Map.of("otel.bsp.schedule.delay", "100");

    private OtlpReceiver collector;
    private ScriptedServer server;

    @BeforeEach
    void listen() throws IOException {
        collector = new OtlpReceiver();
        server = new ScriptedServer();
        COLLECTOR.forEach(System::setProperty);
        System.setProperty("otel.exporter.otlp.endpoint", collector.address());
    }

    @AfterEach
    void stop() throws IOException {
        COLLECTOR.keySet().forEach(System::clearProperty);
        System.clearProperty("otel.exporter.otlp.endpoint");
        server.close();
        collector.close();
    }

    private RoutesUnderTest routes(String content) {
        return RoutesUnderTest.start(server.baseUrl(), Map.of("tracing.enabled", "on", "tracing.content", content));
    }

    private List<Span> spans(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> collector.spans().size() >= count);
        return collector.spans();
    }

    @Test
    void eachCallIsAClientSpanBelowThePromptsBelowTheSenders() {
        try (RoutesUnderTest routes = routes("off")) {
            server.script(Reply.error(429, "slow down", "Retry-After", "1"), Reply.error(429, "slow down"), Reply.error(429, "slow down"), Reply.answer("""
                    "model":"google/gemini-2.5-flash-lite","usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"cost":0.5,
                    "prompt_tokens_details":{"cached_tokens":6},"completion_tokens_details":{"reasoning_tokens":3}}"""));
            JsonNode result = routes.outcome(routes.sendBelow("{\"id\":\"p1\",\"prompt\":\"A secret question\",\"model\":\"openai/gpt-4.1-mini\",\"task\":\"chat\"}",
                    "00-" + TRACE + "-" + SENDER + "-01"));
            assertThat(result.at("/fallback/level").asInt()).isEqualTo(1);
            List<Span> spans = spans(5);
            assertThat(spans).hasSize(5).allSatisfy(span -> assertThat(span.trace()).isEqualTo(TRACE));
            Span prompt = spans.stream().filter(span -> span.name().equals("prompt")).findFirst().orElseThrow();
            assertThat(prompt.parent()).isEqualTo(SENDER);
            assertThat(prompt.attributes()).containsEntry("prompt_routes.prompt.id", "p1").containsEntry("prompt_routes.outcome", "answered");
            List<Span> calls = spans.stream().filter(span -> span != prompt).toList();
            assertThat(calls).allSatisfy(call -> {
                assertThat(call.parent()).isEqualTo(prompt.id());
                assertThat(call.kind()).as("client").isEqualTo(3);
            });
            assertThat(calls.stream().map(Span::name)).containsExactly("chat openai/gpt-4.1-mini", "chat openai/gpt-4.1-mini", "chat openai/gpt-4.1-mini",
                    "chat google/gemini-2.5-flash-lite");
            assertThat(calls.get(0).status()).as("error").isEqualTo(2);
            assertThat(calls.get(0).attributes()).containsAllEntriesOf(Map.of("error.type", "rate_limited", "http.response.status_code", "429",
                    "gen_ai.operation.name", "chat", "gen_ai.provider.name", "openrouter", "gen_ai.request.model", "openai/gpt-4.1-mini",
                    "server.address", "127.0.0.1", "server.port", String.valueOf(server.port()), "prompt_routes.attempt", "1"));
            assertThat(calls.get(3).attributes()).containsAllEntriesOf(Map.of("gen_ai.response.model", "google/gemini-2.5-flash-lite",
                    "gen_ai.response.id", "gen-of-answer", "gen_ai.response.finish_reasons", "stop", "gen_ai.usage.input_tokens", "10",
                    "gen_ai.usage.output_tokens", "4", "gen_ai.usage.cache_read.input_tokens", "6", "gen_ai.usage.reasoning.output_tokens", "3",
                    "prompt_routes.attempt", "4")).doesNotContainKey("error.type");
            assertThat(spans.toString()).as("texts are not asked for").doesNotContain("secret question", "Good.");
        }
    }

    @Test
    void manyPromptsAtOnceKeepTheirOwnTraces() {
        try (RoutesUnderTest routes = routes("off")) {
            Map<String, String> traces = new TreeMap<>();
            server.script(Collections.nCopies(40, Reply.error(502, "down")).toArray(Reply[]::new));
            for (int n = 0; n < 40; n++) {
                String trace = "%032x".formatted(n + 1);
                traces.put("p" + n, trace);
                routes.sendBelow("{\"id\":\"p%d\",\"prompt\":\"Number %d\"}".formatted(n, n), "00-" + trace + "-" + SENDER + "-01");
            }
            List<Span> spans = spans(120);
            Map<String, String> prompts = spans.stream().filter(span -> span.name().equals("prompt"))
                    .collect(Collectors.toMap(span -> span.attributes().get("prompt_routes.prompt.id"), Span::trace));
            assertThat(prompts).isEqualTo(traces);
            Map<String, String> ids = spans.stream().filter(span -> span.name().equals("prompt")).collect(Collectors.toMap(Span::id, Span::trace));
            assertThat(spans.stream().filter(span -> span.name().startsWith("chat "))).hasSizeGreaterThanOrEqualTo(80)
                    .allSatisfy(call -> assertThat(ids.get(call.parent())).isEqualTo(call.trace()));
        }
    }

    @Test
    void textsAreToldWhereTheyAreAskedFor() {
        try (RoutesUnderTest routes = routes("on")) {
            routes.ask("{\"prompt\":\"A question\",\"system\":\"Be short\",\"task\":\"chat\"}");
            Span call = spans(2).stream().filter(span -> span.name().startsWith("chat ")).findFirst().orElseThrow();
            assertThat(call.parent()).isNotEmpty();
            assertThat(call.attributes()).containsEntry("gen_ai.input.messages",
                            "[{\"role\":\"system\",\"parts\":[{\"type\":\"text\",\"content\":\"Be short\"}]},{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"A question\"}]}]")
                    .containsEntry("gen_ai.output.messages", "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"Good.\"}],\"finish_reason\":\"stop\"}]");
        }
    }

    @Test
    void whatIsLeftIsSentAtTheEndAndADeadLetterIsAnError() {
        System.setProperty("otel.bsp.schedule.delay", "60000");
        try (RoutesUnderTest routes = routes("off")) {
            JsonNode dead = routes.outcome(routes.sendBelow("{\"prompt\":}", "nonsense"));
            assertThat(dead.at("/error/code").asText()).isEqualTo("invalid_json");
            assertThat(collector.spans()).isEmpty();
        }
        Span prompt = spans(1).get(0);
        assertThat(prompt.status()).isEqualTo(2);
        assertThat(prompt.attributes()).containsEntry("error.type", "invalid_json");
        assertThat(Objects.requireNonNull(prompt.trace())).hasSize(32);
    }
}
