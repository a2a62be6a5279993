package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.pipeline.LedgerPolicy;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Strategy compare, from a line to the joined record. */
@Execution(ExecutionMode.CONCURRENT)
class CompareTest {

    private static final String DIVERSE = "\"strategy\":\"compare\",\"comparison\":\"diverse\"";
    private static final List<String> MODELS = List.of("anthropic/claude-sonnet-4.5", "openai/gpt-4.1", "meta-llama/llama-3.3-70b-instruct",
            "google/gemini-2.5-flash", "mistralai/mistral-small-2603");

    @TempDir
    private Path folder;
    private ScriptedServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = new ScriptedServer();
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    private static String prompt(String fields) {
        return "{\"id\":\"c-1\",\"prompt\":\"Which is best?\"," + fields + "}";
    }

    private static List<String> column(JsonNode result, String field) {
        return StreamSupport.stream(result.path("model_results").spliterator(), false).map(row -> row.path(field).asText()).toList();
    }

    private static JsonNode row(JsonNode result, String model) {
        return StreamSupport.stream(result.path("model_results").spliterator(), false).filter(row -> row.path("model").asText().equals(model))
                .findFirst().orElseThrow();
    }

    @Test
    void everyModelOfTheSetIsAskedWithTheSameSettingsAndPaidForByItself() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode result = routes.ask(prompt(DIVERSE));
            assertThat(server.modelsCalled()).containsExactlyInAnyOrderElementsOf(MODELS);
            assertThat(server.calls()).allSatisfy(call -> {
                assertThat(call.body().get("temperature").decimalValue()).isEqualByComparingTo("0.7");
                assertThat(call.body().get("max_tokens").asInt()).isEqualTo(800);
            });
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(column(result, "model")).containsExactlyElementsOf(MODELS);
            assertThat(column(result, "status")).containsOnly("success");
            assertThat(column(result, "vendor")).containsExactly("anthropic", "openai", "meta-llama", "google", "mistralai");
            assertThat(column(result, "text")).containsOnly("Good.");
            assertThat(result.path("cost_usd").decimalValue()).isEqualByComparingTo(new BigDecimal(Reply.COST).multiply(BigDecimal.valueOf(5)));
            assertThat(routes.costsOf(result)).hasSize(5).extracting(event -> event.at("/data/model_requested").asText())
                    .containsExactlyInAnyOrderElementsOf(MODELS);
            assertThat(result.at("/analysis/models_tested").asInt()).isEqualTo(5);
            assertThat(result.at("/analysis/successful_answers").asInt()).isEqualTo(5);
            assertThat(result.at("/analysis/fastest").asText()).isIn(MODELS);
            assertThat(result.at("/routing/strategy").asText()).isEqualTo("compare");
            assertThat(result.at("/routing/estimate/usd").decimalValue()).isPositive();
            await().atMost(Duration.ofSeconds(5)).until(() -> routes.results().size() == 1);
            assertThat(routes.deadLetters()).isEmpty();
        }
    }

    @Test
    void oneDeadAndOneHangingModelCostTheOthersNothingButTheBranchTimeout() {
        server.byModel(Map.of(MODELS.get(1), Reply.error(404, "No endpoints found that support tool use."), MODELS.get(3), Reply.dribble(Duration.ofMillis(100))));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("strategy.compare.timeout", "2s"))) {
            routes.ask("{\"prompt\":\"warm\"}");
            long start = System.nanoTime();
            JsonNode result = routes.ask(prompt(DIVERSE));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(1900), Duration.ofMillis(3500));
            assertThat(column(result, "status")).containsExactly("success", "failed", "success", "failed", "success");
            assertThat(row(result, MODELS.get(1)).at("/error/code").asText()).isEqualTo("no_endpoint");
            assertThat(row(result, MODELS.get(3)).at("/error/code").asText()).isEqualTo("timeout");
            assertThat(result.path("calls_of_unknown_cost").asInt()).isEqualTo(1);
            assertThat(result.at("/analysis/successful_answers").asInt()).isEqualTo(3);
            assertThat(result.at("/analysis/models_tested").asInt()).isEqualTo(5);
            assertThat(routes.costsOf(result)).as("what was not billed has no event").hasSize(4);
            assertThat(routes.alerts()).isEmpty();
        }
    }

    @Test
    void noAnswerAtAllIsADeadLetterWithEveryAttempt() {
        server.scriptThen(Reply.error(404, "No endpoints found that support tool use."));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode dead = routes.ask(prompt("\"strategy\":\"compare\""));
            assertThat(dead.at("/error/code").asText()).isEqualTo("no_endpoint");
            assertThat(dead.path("attempts")).hasSize(3);
            assertThat(dead.at("/request/prompt").asText()).isEqualTo("Which is best?");
            assertThat(dead.at("/error/message").asText()).contains("anthropic/claude-sonnet-4.5", "openai/gpt-4.1", "deepseek/deepseek-v3.2");
        }
    }

    @Test
    void aModelThatCannotDoItIsPassedOverAndNamed() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode result = routes.ask("{\"strategy\":\"compare\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is it?\"},"
                    + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.org/a.png\"}}]}]}");
            assertThat(server.modelsCalled()).containsExactlyInAnyOrder("anthropic/claude-sonnet-4.5", "openai/gpt-4.1");
            assertThat(result.at("/routing/rejected/0").asText()).startsWith("deepseek/deepseek-v3.2: ").contains("image");
        }
    }

    @Test
    void withoutCreditTheFreeModelsOfASetStillAnswer() {
        Reply broke = Reply.error(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits");
        server.byModel(Map.of("meta-llama/llama-3.1-8b-instruct", broke, "google/gemini-2.5-flash-lite", broke));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode result = routes.ask(prompt("\"strategy\":\"compare\",\"comparison\":\"cost\""));
            assertThat(column(result, "status")).containsExactly("success", "failed", "failed");
            assertThat(server.modelsCalled()).as("no other model steps in").hasSize(3);
        }
    }

    @Test
    void itCostsNoMoreThanItMay() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode result = routes.ask(prompt(DIVERSE + ",\"max_cost_cents\":1"));
            assertThat(server.modelsCalled()).as("sonnet alone could cost 1.2 cents").doesNotContain("anthropic/claude-sonnet-4.5").hasSize(4);
            assertThat(result.at("/routing/rejected/0").asText()).startsWith("anthropic/claude-sonnet-4.5: can cost up to $0.012");
            assertThat(result.at("/routing/estimate/usd").decimalValue()).isLessThan(new BigDecimal("0.01"));
        }
    }

    @Test
    void manyComparisonsAtOnceAllComeOut() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "3", "prompts.window", "100"))) {
            List<String> sent = IntStream.range(0, 40).mapToObj(i -> routes.send("{\"prompt\":\"Question " + i + "\"," + DIVERSE + "}")).toList();
            sent.forEach(id -> assertThat(column(routes.outcome(id), "status")).hasSize(5).containsOnly("success"));
            assertThat(routes.results()).hasSize(40);
            assertThat(server.calls()).hasSize(200);
        }
    }

    @Test
    void whatWasAnsweredIsReusedWhole() {
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder))) {
            JsonNode first;
            try (RoutesUnderTest routes = withLedger(ledger)) {
                first = routes.ask(prompt(DIVERSE));
            }
            try (RoutesUnderTest routes = withLedger(ledger)) {
                assertThat(routes.ask(prompt(DIVERSE))).isEqualTo(first);
                assertThat(server.calls()).hasSize(5);
            }
            List<String> finished = new ArrayList<>();
            ledger.history().forEachFinished("job", work -> finished.add(work.promptId()));
            assertThat(finished).as("a branch is no line of the job").containsExactly("c-1");
        }
    }

    @Test
    void branchesThatWereAnsweredBeforeAStopAreNotPaidAgain() {
        server.byModel(Map.of(MODELS.get(2), Reply.dribble(Duration.ofMillis(100))));
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder))) {
            try (RoutesUnderTest routes = withLedger(ledger)) {
                routes.send(prompt(DIVERSE));
                await().atMost(Duration.ofSeconds(10)).until(() -> routes.costs().size() == 4);
            }
        }
        server.script();
        server.byModel(Map.of());
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder)); RoutesUnderTest routes = withLedger(ledger)) {
            JsonNode result = routes.ask(prompt(DIVERSE));
            assertThat(column(result, "status")).hasSize(5).containsOnly("success");
            assertThat(server.modelsCalled()).containsExactly(MODELS.get(2));
            assertThat(result.path("cost_usd").decimalValue()).isEqualByComparingTo(new BigDecimal(Reply.COST).multiply(BigDecimal.valueOf(5)));
        }
    }

    private RoutesUnderTest withLedger(Ledger ledger) {
        return RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on", "strategy.compare.timeout", "8s"),
                exchange -> { }, ledger);
    }

    @Test
    void deadComparisonsAreTriedAgainWhenAskedFor() {
        server.scriptThen(Reply.error(404, "No endpoints found that support tool use."));
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder))) {
            try (RoutesUnderTest routes = withLedger(ledger)) {
                assertThat(routes.ask(prompt("\"strategy\":\"compare\"")).path("status").asText()).isEqualTo("failed");
            }
            server.script();
            LedgerPolicy again = new LedgerPolicy(RoutesUnderTest.POLICY.provider(), "batch", "job", false, true, false, false);
            try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on"), exchange -> { }, ledger, again)) {
                assertThat(column(routes.ask(prompt("\"strategy\":\"compare\"")), "status")).hasSize(3).containsOnly("success");
            }
            try (RoutesUnderTest routes = withLedger(ledger)) {
                assertThat(column(routes.ask(prompt("\"strategy\":\"compare\"")), "status")).as("stored").hasSize(3).containsOnly("success");
                assertThat(server.calls()).hasSize(3);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"short, 0.5, 1", "three sentences, 0.6, 9", "words, 0.7, 120", "too many words, 0.5, 301", "because, 0.6, 3", "list, 0.6, 3", "all, 1.0, 109"})
    void theQualityScoreIsAHeuristicOfTheForm(String what, String score, int words) {
        String text = switch (what) {
            case "short" -> "Yes.";
            case "three sentences" -> "It is so. It was so! Will it be?";
            case "words" -> "word ".repeat(120);
            case "too many words" -> "word ".repeat(301);
            case "because" -> "Because it is.";
            case "list" -> "- one\\ntwo";
            default -> "It is so. For example: " + "word ".repeat(100) + ". Third.\\n1. point";
        };
        server.script(Reply.choice("{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"}}", "\"usage\":null"));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("models.current.compare.quality", "openai/gpt-4.1"))) {
            JsonNode result = routes.ask(prompt("\"strategy\":\"compare\""));
            assertThat(result.at("/model_results/0/quality_score").decimalValue()).isEqualByComparingTo(score);
            assertThat(result.at("/model_results/0/word_count").asInt()).isEqualTo(words);
            assertThat(Set.of("openai/gpt-4.1")).contains(result.at("/analysis/highest_quality").asText());
        }
    }
}
