package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Strategies cost, free and compare in both profiles: every cell of the tables, and the chains to their ends. */
class StrategyTablesTest {

    private static final Reply WALK_ON = Reply.error(404, "No endpoints found that support tool use.");

    private static final Map<String, Map<String, List<String>>> TIERS = Map.of(
            "current", Map.of(
                    "free", List.of("openrouter/free", "google/gemma-4-26b-a4b-it:free", "nvidia/nemotron-3-nano-30b-a3b:free",
                            "nvidia/nemotron-3-super-120b-a12b:free"),
                    "budget", List.of("google/gemini-2.5-flash-lite", "mistralai/mistral-small-2603", "meta-llama/llama-3.3-70b-instruct"),
                    "balanced", List.of("deepseek/deepseek-v3.2", "openai/gpt-4.1-mini", "google/gemini-2.5-flash"),
                    "premium", List.of("anthropic/claude-sonnet-4.5", "openai/gpt-4.1", "mistralai/mistral-large"),
                    "fallbacks", List.of("google/gemini-2.5-flash-lite", "mistralai/mistral-small-2603", "openrouter/free")),
            "models-2024", Map.of(
                    "free", List.of("meta-llama/llama-3.1-8b-instruct:free"),
                    "budget", List.of("mistralai/mistral-7b-instruct", "google/gemini-pro", "meta-llama/llama-3.1-8b-instruct"),
                    "balanced", List.of("meta-llama/llama-3.1-70b-instruct", "microsoft/wizardlm-2-8x22b", "qwen/qwen-2-72b-instruct"),
                    "premium", List.of("anthropic/claude-3.5-sonnet", "openai/gpt-4o", "anthropic/claude-3-opus"),
                    "fallbacks", List.of("google/gemini-pro", "mistralai/mistral-7b-instruct", "meta-llama/llama-3.1-8b-instruct:free")));

    private static final Map<String, Map<String, String>> SETS = Map.of(
            "current", Map.of(
                    "quality", "anthropic/claude-sonnet-4.5 openai/gpt-4.1 deepseek/deepseek-v3.2",
                    "speed", "google/gemini-2.5-flash-lite anthropic/claude-haiku-4.5 openai/gpt-4.1-mini",
                    "cost", "openrouter/free meta-llama/llama-3.1-8b-instruct google/gemini-2.5-flash-lite",
                    "diverse", "anthropic/claude-sonnet-4.5 openai/gpt-4.1 meta-llama/llama-3.3-70b-instruct google/gemini-2.5-flash "
                            + "mistralai/mistral-small-2603"),
            "models-2024", Map.of(
                    "quality", "anthropic/claude-3.5-sonnet openai/gpt-4o meta-llama/llama-3.1-70b-instruct",
                    "speed", "anthropic/claude-3-haiku openai/gpt-3.5-turbo google/gemini-pro",
                    "cost", "meta-llama/llama-3.1-8b-instruct:free mistralai/mistral-7b-instruct google/gemini-pro",
                    "diverse", "anthropic/claude-3.5-sonnet openai/gpt-4o meta-llama/llama-3.1-70b-instruct google/gemini-pro "
                            + "mistralai/mistral-7b-instruct"));

    private static ScriptedServer server;
    private static Map<String, RoutesUnderTest> routes;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        routes = Map.of("current", RoutesUnderTest.start(server.baseUrl(), Map.of()),
                "models-2024", RoutesUnderTest.start(server.baseUrl(), Map.of("models.profile", "models-2024")));
    }

    @AfterAll
    static void stop() throws IOException {
        routes.values().forEach(RoutesUnderTest::close);
        server.close();
    }

    static Stream<Arguments> costCells() throws IOException {
        try (BufferedReader table = new BufferedReader(new InputStreamReader(
                StrategyTablesTest.class.getResourceAsStream("cost-table.csv"), StandardCharsets.UTF_8))) {
            List<String[]> rows = table.lines().skip(2).map(line -> line.split(",")).toList();
            assertThat(rows).hasSize(4 * 5 * 3);
            return TIERS.keySet().stream().sorted().flatMap(profile -> rows.stream()
                    .map(row -> Arguments.of(profile, row[0], row[1], row[2], row[3], row[4].equals("second"), Integer.valueOf(row[5]))));
        }
    }

    @ParameterizedTest(name = "{0}: budget {1}, quality {2}, complexity {3} is {4}")
    @MethodSource("costCells")
    void costTakesTheTierOfTheFirstRowThatFitsAndTriesAllOfIt(String profile, String budget, String quality, String complexity, String tier,
            boolean second, int maxTokens) {
        server.scriptThen(WALK_ON);
        routes.get(profile).ask("{\"prompt\":\"x\",\"task\":\"general\",\"strategy\":\"cost\",\"budget\":\"%s\",\"quality\":\"%s\",\"complexity\":\"%s\"}"
                .formatted(budget, quality, complexity));
        List<String> chain = new ArrayList<>(TIERS.get(profile).get(tier));
        if (second) {
            Collections.swap(chain, 0, 1);
        }
        if (!tier.equals("free")) {
            TIERS.get(profile).get("fallbacks").stream().filter(model -> !chain.contains(model)).forEach(chain::add);
        }
        assertThat(server.modelsCalled()).containsExactlyElementsOf(chain);
        assertThat(server.calls()).allSatisfy(call -> assertThat(call.body().path("temperature").decimalValue()).isEqualByComparingTo("0.7"));
        // a model that cannot be told not to think gets more
        assertThat(server.calls()).allSatisfy(call -> assertThat(call.body().path("max_tokens").asInt()).isIn(maxTokens, maxTokens + 2048));
        assertThat(server.calls().get(0).body().path("max_tokens").asInt()).isEqualTo(maxTokens);
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void aCostResultSaysTheTierAndWhy(String profile) {
        server.script();
        JsonNode result = routes.get(profile).ask("{\"prompt\":\"x\",\"strategy\":\"cost\",\"quality\":\"good\",\"max_tokens\":33}");
        assertThat(result.at("/routing/tier").asText()).isEqualTo("budget");
        assertThat(result.at("/routing/reason").asText()).isEqualTo(profile + " cost table, budget balanced, quality good, complexity medium");
        assertThat(result.at("/routing/config/max_tokens").asInt()).as("the request's own").isEqualTo(33);
        assertThat(result.path("model_requested").asText()).isEqualTo(TIERS.get(profile).get("budget").get(1));
    }

    static Stream<String> profiles() {
        return TIERS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void freeNeverPays(String profile) {
        server.scriptThen(WALK_ON);
        routes.get(profile).ask("{\"prompt\":\"x\",\"strategy\":\"free\",\"allow_paid\":true}");
        assertThat(server.modelsCalled()).containsExactlyElementsOf(TIERS.get(profile).get("free"));
        assertThat(server.calls().get(0).body().path("max_tokens").asInt()).isEqualTo(1000);
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void freeThatMayPayStartsWithTheCheapestOfTheBudgetTier(String profile) {
        server.scriptThen(WALK_ON);
        routes.get(profile).ask("{\"prompt\":\"x\",\"strategy\":\"free\",\"free_only\":false}");
        List<String> chain = new ArrayList<>(TIERS.get(profile).get("free"));
        chain.add(0, profile.equals("current") ? "meta-llama/llama-3.3-70b-instruct" : "meta-llama/llama-3.1-8b-instruct");
        assertThat(server.modelsCalled()).containsExactlyElementsOf(chain);
    }

    static Stream<Arguments> sets() {
        return profiles().flatMap(profile -> SETS.get(profile).keySet().stream().sorted().map(set -> Arguments.of(profile, set)));
    }

    @ParameterizedTest
    @MethodSource("sets")
    void compareAsksEveryModelOfItsSet(String profile, String set) {
        server.script();
        JsonNode result = routes.get(profile).ask("{\"prompt\":\"x\",\"strategy\":\"compare\",\"comparison\":\"%s\"}".formatted(set));
        List<String> models = List.of(SETS.get(profile).get(set).split(" "));
        assertThat(server.modelsCalled()).containsExactlyInAnyOrderElementsOf(models);
        assertThat(StreamSupport.stream(result.path("model_results").spliterator(), false).map(row -> row.path("model").asText()).toList())
                .isEqualTo(models);
    }

    @Test
    void aTaskWithoutACellHasThatOfGeneral() {
        Map<String, String> mine = new HashMap<>(Map.of("models.profile", "mine", "models.mine.fallbacks", "openai/gpt-4.1-mini"));
        Stream.of("free", "budget", "balanced", "premium").forEach(cell -> {
            mine.put("models.mine.smart.general." + cell, "openai/gpt-4.1");
            mine.put("models.mine.tier." + cell, "openai/gpt-4.1");
        });
        Stream.of("quality", "speed", "cost", "diverse").forEach(set -> mine.put("models.mine.compare." + set, "openai/gpt-4.1"));
        mine.put("models.mine.smart.code.premium", "anthropic/claude-sonnet-4.5");
        server.script();
        try (RoutesUnderTest own = RoutesUnderTest.start(server.baseUrl(), mine)) {
            JsonNode general = own.ask("{\"prompt\":\"x\",\"task\":\"code\",\"strategy\":\"smart\"}");
            JsonNode code = own.ask("{\"prompt\":\"y\",\"task\":\"code\",\"strategy\":\"smart\",\"budget\":\"premium\"}");

            assertThat(general.path("model_requested").asText()).isEqualTo("openai/gpt-4.1");
            assertThat(general.at("/routing/reason").asText()).isEqualTo("mine smart table, general x balanced, as code has no cell");
            assertThat(code.path("model_requested").asText()).isEqualTo("anthropic/claude-sonnet-4.5");
            assertThat(code.at("/routing/reason").asText()).isEqualTo("mine smart table, code x premium");
        }
    }
}
