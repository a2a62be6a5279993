package io.promptroutes.cli;

import static io.promptroutes.cli.Reply.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With cache.enabled=on a question is paid for once, whoever asks it and however many at the same time. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class CacheTest {

    private static final String M = "openai/gpt-4.1-mini";
    private static final String USAGE = "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":" + Reply.COST + "}";

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    private RoutesUnderTest start(Ledger ledger, String... keys) {
        Map<String, String> all = new HashMap<>(Map.of("cache.enabled", "on", "ledger.enabled", ledger == null ? "off" : "on",
                "prompts.window", "2000"));
        for (int i = 0; i < keys.length; i += 2) {
            all.put(keys[i], keys[i + 1]);
        }
        return RoutesUnderTest.start(server.baseUrl(), all, exchange -> { }, ledger);
    }

    private Ledger ledger() {
        return Ledger.open(TestLedgers.made(folder));
    }

    private static String line(int number, String more) {
        return "{\"id\":\"p-%d\",\"prompt\":\"Hello\",\"model\":\"%s\"%s}".formatted(number, M, more);
    }

    @Test
    void aThousandIdenticalPromptsAtOnceMakeOneCallAndARestartMakesNone() {
        server.script(Reply.after(Duration.ofMillis(400), Reply.answer()));
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger)) {
            List<String> ids = IntStream.range(0, 1000).mapToObj(number -> routes.send(line(number, ",\"metadata\":{\"n\":" + number + "}"))).toList();
            await().atMost(Duration.ofSeconds(60)).until(() -> routes.results().size() == 1000);
            assertThat(server.calls()).hasSize(1);
            assertThat(routes.costs()).hasSize(1);
            assertThat(routes.deadLetters()).isEmpty();
            List<JsonNode> results = ids.stream().map(routes::outcome).toList();
            assertThat(results).allMatch(result -> result.path("text").asText().equals("Good.") && result.path("generation_id").asText().equals("gen-of-answer"));
            assertThat(results).extracting(result -> result.path("id").asText() + " " + result.at("/metadata/n").asInt())
                    .containsExactlyElementsOf(IntStream.range(0, 1000).mapToObj(number -> "p-" + number + " " + number).toList());
            assertThat(results.stream().filter(result -> !result.path("cached").asBoolean())).singleElement()
                    .satisfies(paid -> assertThat(paid.path("cost_usd").decimalValue()).isEqualByComparingTo(Reply.COST));
            assertThat(results.stream().filter(result -> result.path("cached").asBoolean())).hasSize(999)
                    .allMatch(hit -> hit.path("cost_usd").decimalValue().signum() == 0 && hit.path("cost_source").asText().equals("reported"));
            await().untilAsserted(() -> saved(ledger, 999));
        }
        server.script();
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger)) {
            JsonNode hit = routes.ask(line(5000, ""));
            assertThat(hit.path("cached").asBoolean()).isTrue();
            assertThat(hit.path("id").asText()).isEqualTo("p-5000");
            assertThat(routes.ask(line(5001, "")).path("cached").asBoolean()).isTrue();
            assertThat(server.calls()).isEmpty();
            await().untilAsserted(() -> saved(ledger, 1001));
        }
    }

    private static void saved(Ledger ledger, int times) {
        Figures.Row total = TestLedgers.total(ledger);
        assertThat(total.requests()).isEqualTo(1);
        assertThat(total.reused()).isEqualTo(times);
        assertThat(total.savedUsd()).isEqualByComparingTo(new BigDecimal(Reply.COST).multiply(BigDecimal.valueOf(times)));
        assertThat(total.costUsd()).isEqualByComparingTo(Reply.COST);
    }

    @Test
    void withoutALedgerMemoryDoes() {
        try (RoutesUnderTest routes = start(null)) {
            assertThat(routes.ask(line(1, "")).path("cached").asBoolean()).isFalse();
            assertThat(routes.ask(line(2, "")).path("cached").asBoolean()).isTrue();
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void offIsTheDefault() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            routes.ask(line(1, ""));
            assertThat(routes.ask(line(2, "")).path("cached").asBoolean()).isFalse();
            assertThat(server.calls()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {",\"temperature\":0.3", ",\"max_tokens\":77", ",\"tenant\":\"school\"", ",\"system\":\"Be brief.\"",
        ",\"models\":[\"anthropic/claude-haiku-4.5\"]", ",\"provider\":{\"zdr\":true}", ",\"task\":\"math\"", ",\"seed\":1"})
    void anotherQuestionIsCalled(String more) {
        try (RoutesUnderTest routes = start(null)) {
            routes.ask(line(1, ""));
            assertThat(routes.ask(line(2, more)).path("cached").asBoolean()).isFalse();
            assertThat(server.calls()).hasSize(2);
        }
    }

    @Test
    void theWayItIsWrittenDoesNotMatterAndTenantsShareWhereTheyMay() {
        try (RoutesUnderTest routes = start(null, "cache.across-tenants", "on")) {
            routes.ask(line(1, ",\"temperature\":0.5,\"tenant\":\"school\""));
            JsonNode hit = routes.ask("{\"temperature\":0.50,\"model\":\"" + M + "\",\"messages\":[{\"content\":\"Hello\",\"role\":\"user\"}],\"tenant\":\"home\"}");
            assertThat(hit.path("cached").asBoolean()).isTrue();
            assertThat(hit.path("tenant").asText()).isEqualTo("home");
            assertThat(hit.has("metadata")).isFalse();
        }
    }

    @Test
    void aboveTheHighestTemperatureEveryPromptIsCalled() {
        try (RoutesUnderTest routes = start(null, "cache.max-temperature", "0.5")) {
            routes.ask(line(1, ",\"temperature\":0.6"));
            routes.ask(line(2, ",\"temperature\":0.6"));
            assertThat(server.calls()).hasSize(2);
            routes.ask(line(3, ",\"temperature\":0.5"));
            assertThat(routes.ask(line(4, ",\"temperature\":0.5")).path("cached").asBoolean()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"finish_reason\":\"length\",\"message\":{\"content\":\"Goo\"}}",
        "{\"finish_reason\":\"content_filter\",\"message\":{\"content\":\"Go\"}}",
        "{\"finish_reason\":\"stop\",\"message\":{\"content\":\"\",\"refusal\":\"I will not.\"}}",
        "{\"finish_reason\":\"stop\",\"message\":{\"content\":\"\"}}"})
    void whatWasCutFilteredRefusedOrEmptyIsNotGivenAgain(String choice) {
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger)) {
            server.script(Reply.choice(choice, USAGE));
            assertThat(routes.ask(line(1, "")).path("status").asText()).isEqualTo("success");
            JsonNode second = routes.ask(line(2, ""));
            assertThat(second.path("cached").asBoolean()).isFalse();
            assertThat(second.path("text").asText()).isEqualTo("Good.");
        }
    }

    @Test
    void afterItsTimeAnAnswerIsNotGivenAgain() {
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger, "cache.ttl", "1s")) {
            routes.ask(line(0, ""));
            int[] number = {0};
            await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(200)).until(() -> {
                routes.ask(line(++number[0], ""));
                return server.calls().size() == 2;
            });
            assertThat(number[0]).isGreaterThan(1);
        }
    }

    @Test
    void whatAFallbackSaidIsGivenToThoseThatWaitAndNotForTheFirstChoice() {
        server.script(Reply.after(Duration.ofMillis(500), error(404, "No endpoints found that support tool use.")));
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger)) {
            String first = routes.send(line(1, ""));
            await().until(() -> server.calls().size() == 1);
            String second = routes.send(line(2, ""));
            assertThat(routes.outcome(first).at("/fallback/level").asInt()).isEqualTo(1);
            JsonNode given = routes.outcome(second);
            assertThat(given.path("cached").asBoolean()).isTrue();
            assertThat(given.path("fallback")).isEqualTo(((ObjectNode) routes.outcome(first).path("fallback").deepCopy()).set("attempts", given.at("/fallback/attempts")));
            assertThat(given.at("/fallback/level").asInt()).isEqualTo(1);
            assertThat(given.at("/fallback/attempts")).isEmpty();
            assertThat(routes.ask(line(3, "")).path("cached").asBoolean()).isFalse();
            assertThat(server.modelsCalled()).containsExactly(M, "google/gemini-2.5-flash-lite", M);
        }
    }

    @Test
    void whereTheOneThatCallsFailsTheOthersGoOnByThemselves() {
        Reply refused = Reply.after(Duration.ofMillis(300), error(400, "no"));
        server.script(refused, refused);
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger)) {
            List<String> ids = IntStream.range(0, 20).mapToObj(number -> routes.send(line(number, ""))).toList();
            List<JsonNode> outcomes = ids.stream().map(routes::outcome).toList();
            assertThat(outcomes.stream().filter(outcome -> outcome.at("/error/code").asText().equals("bad_request"))).hasSize(2);
            assertThat(outcomes.stream().filter(outcome -> outcome.path("status").asText().equals("success"))).hasSize(18);
            routes.ask(line(100, ""));
            assertThat(routes.results().get(routes.results().size() - 1).path("cached").asBoolean()).isTrue();
        }
    }
}
