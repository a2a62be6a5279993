package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Strategies explicit and smart, and the settings of the calls, as they arrive at the server. */
class ModelChoiceTest {

    /** A failure that belongs to one request and one model alone, so that a prompt walks its whole chain. */
    private static final Reply WALK_ON = Reply.error(404, "No endpoints found that support tool use.");

    private static final String TABLE_OF_2024 = """
            code     | meta-llama/llama-3.1-8b-instruct:free | mistralai/mistral-7b-instruct    | meta-llama/llama-3.1-70b-instruct | anthropic/claude-3.5-sonnet
            creative | meta-llama/llama-3.1-8b-instruct:free | meta-llama/llama-3.1-8b-instruct | meta-llama/llama-3.1-70b-instruct | openai/gpt-4o
            analysis | meta-llama/llama-3.1-8b-instruct:free | google/gemini-pro                | meta-llama/llama-3.1-70b-instruct | anthropic/claude-3.5-sonnet
            math     | meta-llama/llama-3.1-8b-instruct:free | mistralai/mistral-7b-instruct    | microsoft/wizardlm-2-8x22b        | openai/gpt-4o
            chat     | meta-llama/llama-3.1-8b-instruct:free | google/gemini-pro                | anthropic/claude-3-haiku          | anthropic/claude-3.5-sonnet
            general  | meta-llama/llama-3.1-8b-instruct:free | mistralai/mistral-7b-instruct    | meta-llama/llama-3.1-70b-instruct | anthropic/claude-3.5-sonnet
            """;

    private static final String TABLE_OF_TODAY = """
            code     | openrouter/free | mistralai/mistral-small-2603      | deepseek/deepseek-v3.2     | anthropic/claude-sonnet-4.5
            creative | openrouter/free | meta-llama/llama-3.3-70b-instruct | google/gemini-2.5-flash    | openai/gpt-4.1
            analysis | openrouter/free | google/gemini-2.5-flash-lite      | google/gemini-2.5-flash    | anthropic/claude-sonnet-4.5
            math     | openrouter/free | mistralai/mistral-small-2603      | deepseek/deepseek-v3.2     | openai/gpt-4.1
            chat     | openrouter/free | google/gemini-2.5-flash-lite      | anthropic/claude-haiku-4.5 | anthropic/claude-sonnet-4.5
            general  | openrouter/free | google/gemini-2.5-flash-lite      | openai/gpt-4.1-mini        | anthropic/claude-sonnet-4.5
            """;

    private static ScriptedServer server;
    private static RoutesUnderTest today;
    private static RoutesUnderTest of2024;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        today = RoutesUnderTest.start(server.baseUrl(), Map.of());
        of2024 = RoutesUnderTest.start(server.baseUrl(), Map.of("models.profile", "models-2024"));
    }

    @AfterAll
    static void stop() throws IOException {
        today.close();
        of2024.close();
        server.close();
    }

    static Stream<Arguments> cells() {
        return Stream.of(Map.entry("current", TABLE_OF_TODAY), Map.entry("models-2024", TABLE_OF_2024)).flatMap(profile ->
                profile.getValue().lines().flatMap(line -> {
                    String[] row = line.split("\\|");
                    return Stream.of("free", "budget", "balanced", "premium").map(budget -> Arguments.of(profile.getKey(), row[0].strip(), budget,
                            row[1 + Stream.of("free", "budget", "balanced", "premium").toList().indexOf(budget)].strip()));
                }));
    }

    @ParameterizedTest(name = "{0}: {1} x {2} is {3}")
    @MethodSource("cells")
    void smartTakesTheCellOfTaskAndBudget(String profile, String task, String budget, String model) {
        server.script();
        JsonNode result = (profile.equals("current") ? today : of2024)
                .ask("{\"prompt\":\"x\",\"task\":\"%s\",\"budget\":\"%s\"}".formatted(task, budget));
        assertThat(server.modelsCalled()).containsExactly(model);
        assertThat(result.at("/model_requested").asText()).isEqualTo(model);
        assertThat(result.at("/routing/strategy").asText()).isEqualTo("smart");
        assertThat(result.at("/routing/task").asText()).isEqualTo(task);
        assertThat(result.at("/routing/budget").asText()).isEqualTo(budget);
        assertThat(result.at("/routing/tier").asText()).isEqualTo(budget);
        assertThat(result.at("/routing/reason").asText()).isEqualTo(profile + " smart table, " + task + " x " + budget);
    }

    @ParameterizedTest
    @CsvSource({"low,budget", "high,premium", "BALANCED,balanced"})
    void otherNamesOfABudgetMeanTheSame(String given, String budget) {
        JsonNode result = today.ask("{\"prompt\":\"x\",\"budget\":\"%s\"}".formatted(given));
        assertThat(result.at("/routing/budget").asText()).isEqualTo(budget);
    }

    @ParameterizedTest
    @CsvSource({"code,0.1,2048", "creative,0.9,1500", "analysis,0.3,1200", "math,0.0,800", "chat,0.8,600", "general,0.7,1000"})
    void theTasksSettingsAreSent(String task, String temperature, int maxTokens) {
        server.script();
        JsonNode result = today.ask("{\"prompt\":\"x\",\"task\":\"%s\"}".formatted(task));
        JsonNode body = server.calls().get(0).body();
        assertThat(body.get("temperature").decimalValue()).isEqualByComparingTo(temperature);
        assertThat(body.get("max_tokens").isIntegralNumber()).isTrue();
        assertThat(body.get("max_tokens").asInt()).isEqualTo(maxTokens);
        assertThat(result.at("/routing/config/temperature").decimalValue()).isEqualByComparingTo(temperature);
        assertThat(result.at("/routing/config/max_tokens").asInt()).isEqualTo(maxTokens);
    }

    @Test
    void theRequestsOwnSettingsWinAlsoOverAFallback() {
        server.script(WALK_ON);
        JsonNode result = today.ask("{\"prompt\":\"x\",\"task\":\"code\",\"temperature\":1.25,\"max_tokens\":33}");
        assertThat(server.calls()).hasSize(2).allSatisfy(call -> {
            assertThat(call.body().get("temperature").decimalValue()).isEqualByComparingTo("1.25");
            assertThat(call.body().get("max_tokens").asInt()).isEqualTo(33);
        });
        assertThat(result.at("/routing/config/temperature").decimalValue()).isEqualByComparingTo("1.25");
        assertThat(result.at("/routing/config/max_tokens").asInt()).isEqualTo(33);
    }

    static Stream<Arguments> chains() {
        String standard = " google/gemini-2.5-flash-lite mistralai/mistral-small-2603 openrouter/free";
        String free = "openrouter/free google/gemma-4-26b-a4b-it:free nvidia/nemotron-3-nano-30b-a3b:free nvidia/nemotron-3-super-120b-a12b:free";
        return Stream.of(
                Arguments.of("model, then the standard fallbacks", "\"model\":\"openai/gpt-4.1\"", "openai/gpt-4.1" + standard),
                Arguments.of("model, then models, then the standard fallbacks",
                        "\"model\":\"openai/gpt-4.1\",\"models\":[\"anthropic/claude-haiku-4.5\",\"deepseek/deepseek-v3.2\"]",
                        "openai/gpt-4.1 anthropic/claude-haiku-4.5 deepseek/deepseek-v3.2" + standard),
                Arguments.of("models alone", "\"models\":[\"openai/gpt-4.1\"]", "openai/gpt-4.1" + standard),
                Arguments.of("each model once", "\"model\":\"mistralai/mistral-small-2603\",\"models\":[\"openrouter/free\","
                        + "\"mistralai/mistral-small-2603\"]", "mistralai/mistral-small-2603 openrouter/free google/gemini-2.5-flash-lite"),
                Arguments.of("another name of a model", "\"model\":\"gpt-4o-mini\"", "openai/gpt-4o-mini" + standard),
                Arguments.of("a model that nobody knows is asked as it is", "\"model\":\"nobody/knows\"", "nobody/knows" + standard),
                Arguments.of("smart", "\"task\":\"math\",\"budget\":\"premium\"", "openai/gpt-4.1" + standard),
                Arguments.of("smart, with a fallback as its choice", "\"task\":\"chat\",\"budget\":\"budget\"",
                        "google/gemini-2.5-flash-lite mistralai/mistral-small-2603 openrouter/free"),
                Arguments.of("a free first model has free fallbacks only", "\"budget\":\"free\"", free),
                Arguments.of("a free model that is asked for has free fallbacks only", "\"model\":\"google/gemma-4-26b-a4b-it:free\"",
                        "google/gemma-4-26b-a4b-it:free openrouter/free nvidia/nemotron-3-nano-30b-a3b:free "
                                + "nvidia/nemotron-3-super-120b-a12b:free"),
                Arguments.of("paid models behind a free first one are dropped",
                        "\"model\":\"google/gemma-4-26b-a4b-it:free\",\"models\":[\"openai/gpt-4.1\"]",
                        "google/gemma-4-26b-a4b-it:free openrouter/free nvidia/nemotron-3-nano-30b-a3b:free "
                                + "nvidia/nemotron-3-super-120b-a12b:free"),
                Arguments.of("unless the request allows to pay",
                        "\"model\":\"google/gemma-4-26b-a4b-it:free\",\"models\":[\"openai/gpt-4.1\"],\"allow_paid\":true",
                        "google/gemma-4-26b-a4b-it:free openai/gpt-4.1" + standard),
                Arguments.of("allow_paid with smart", "\"budget\":\"free\",\"task\":\"chat\",\"allow_paid\":true",
                        "openrouter/free google/gemini-2.5-flash-lite mistralai/mistral-small-2603"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chains")
    void theChainIsWalkedInOrder(String what, String request, String models) {
        server.scriptThen(WALK_ON);
        JsonNode dead = today.ask("{\"prompt\":\"x\"," + request + "}");
        assertThat(server.modelsCalled()).as(what).containsExactly(models.split(" "));
        assertThat(dead.at("/error/code").asText()).isEqualTo("no_endpoint");
        assertThat(dead.path("attempts")).hasSize(models.split(" ").length);
    }

    @Test
    void theChainOf2024EndsInItsOwnFallbacks() {
        server.scriptThen(WALK_ON);
        of2024.ask("{\"prompt\":\"x\",\"model\":\"openai/gpt-4o\"}");
        assertThat(server.modelsCalled()).containsExactly("openai/gpt-4o", "google/gemini-pro", "mistralai/mistral-7b-instruct",
                "meta-llama/llama-3.1-8b-instruct:free");
    }

    @Test
    void aDroppedPaidModelIsToldInTheResult() {
        server.script();
        JsonNode result = today.ask("{\"prompt\":\"x\",\"model\":\"google/gemma-4-26b-a4b-it:free\",\"models\":[\"openai/gpt-4.1\"]}");
        assertThat(result.at("/routing/rejected/0").asText()).startsWith("openai/gpt-4.1: ").contains("allow_paid");
        assertThat(result.at("/routing/rejected")).hasSize(1);
    }

    @Test
    void aModelThatAnotherStrategyIgnoresIsNoted() {
        server.script();
        JsonNode result = today.ask("{\"prompt\":\"x\",\"task\":\"math\",\"strategy\":\"smart\",\"model\":\"openai/gpt-4.1\"}");
        assertThat(server.modelsCalled()).containsExactly("deepseek/deepseek-v3.2");
        assertThat(result.at("/routing/notes/0").asText()).contains("openai/gpt-4.1", "ignored", "smart");
        assertThat(today.ask("{\"prompt\":\"x\"}").at("/routing").has("notes")).isFalse();
    }

    @Test
    void explicitWithoutAModelIsADeadLetterAndCallsNobody() {
        server.script();
        JsonNode dead = today.ask("{\"prompt\":\"x\",\"strategy\":\"explicit\"}");
        assertThat(dead.at("/error/code").asText()).isEqualTo("invalid_field");
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void singleKeysOverrideSingleCells() throws IOException {
        try (ScriptedServer other = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.start(other.baseUrl(), Map.of(
                "models.current.smart.code.balanced", "example/own-model",
                "tasks.code.temperature", "0.55", "tasks.code.max-tokens", "99",
                "models.current.fallbacks", "example/own-fallback",
                "models.alias.own-name", "example/by-alias"))) {
            other.script(WALK_ON);
            routes.ask("{\"prompt\":\"x\",\"task\":\"code\"}");
            assertThat(other.modelsCalled()).containsExactly("example/own-model", "example/own-fallback");
            assertThat(other.calls().get(0).body().get("temperature").decimalValue()).isEqualByComparingTo("0.55");
            assertThat(other.calls().get(0).body().get("max_tokens").asInt()).isEqualTo(99);
            other.script();
            routes.ask("{\"prompt\":\"x\",\"task\":\"code\",\"budget\":\"premium\"}");
            routes.ask("{\"prompt\":\"x\",\"model\":\"own-name\"}");
            assertThat(other.modelsCalled()).containsExactly("anthropic/claude-sonnet-4.5", "example/by-alias");
        }
    }

    @Test
    void aModelOfTheTablesThatOpenRouterDoesNotListAnyMoreIsTriedAfterAllThatItLists() throws IOException {
        try (ScriptedServer other = new ScriptedServer()) {
            String others = IntStream.range(0, 300).mapToObj(n -> "," + row("example/other-" + n)).collect(Collectors.joining()); // a short list is not believed
            other.models("{\"data\":[" + row("google/gemini-2.5-flash-lite") + "," + row("mistralai/mistral-small-2603") + others + "]}");
            try (RoutesUnderTest routes = RoutesUnderTest.start(other.baseUrl(), Map.of())) {
                String line = "{\"prompt\":\"x\",\"task\":\"math\",\"budget\":\"premium\"}";
                other.scriptThen(WALK_ON);
                JsonNode dead = routes.ask(line);
                assertThat(other.modelsCalled()).containsExactly("google/gemini-2.5-flash-lite", "mistralai/mistral-small-2603", "openai/gpt-4.1",
                        "openrouter/free");
                assertThat(dead.at("/status").asText()).isEqualTo("failed");
                other.script();
                assertThat(routes.ask(line).at("/routing/rejected/0").asText()).contains("openai/gpt-4.1", "not listed");
            }
        }
    }

    private static String row(String id) {
        return """
                {"id":"%s","canonical_slug":"%s","name":"x","created":1,"context_length":1000000,"architecture":{"input_modalities":["text"],\
                "output_modalities":["text"]},"pricing":{"prompt":"0.0000001","completion":"0.0000002"},\
                "supported_parameters":["temperature","max_tokens"]}""".formatted(id, id);
    }
}
