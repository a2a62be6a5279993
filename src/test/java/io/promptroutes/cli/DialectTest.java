package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.ledger.TestLedgers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that speaks as OpenAI does is asked in its own words. */
class DialectTest {

    private static ScriptedServer server;
    private static RoutesUnderTest openAi;

    @TempDir
    private Path folder;
    private final StringWriter said = new StringWriter();

    @BeforeAll
    static void start() {
        server = new ScriptedServer();
        openAi = RoutesUnderTest.start(server.baseUrl(), Map.of("openrouter.dialect", "openai", "openrouter.provider.zdr", "true"));
    }

    @AfterAll
    static void stop() throws IOException {
        openAi.close();
        server.close();
    }

    private static JsonNode sent() {
        return server.calls().get(server.calls().size() - 1).body();
    }

    @ParameterizedTest(name = "{0} is called as {1}")
    @CsvSource(textBlock = """
            gpt-4o-mini,                     gpt-4o-mini
            openai/gpt-4o-mini,              gpt-4o-mini
            OpenAI/GPT-4o-mini,              gpt-4o-mini
            gpt-4o-mini-2024-07-18,          gpt-4o-mini-2024-07-18
            gpt-5-2025-08-07,                gpt-5-2025-08-07
            openai/gpt-oss-120b,             openai/gpt-oss-120b
            llama3.1:8b,                     llama3.1:8b
            deepseek-r1:8b,                  deepseek-r1:8b
            claude-sonnet-4-5,               claude-sonnet-4-5
            gemini-2.5-flash,                gemini-2.5-flash
            meta-llama/Llama-3.1-8B-Instruct, meta-llama/Llama-3.1-8B-Instruct
            """)
    void modelsHaveTheNamesOfTheService(String asked, String called) {
        server.script();
        JsonNode result = openAi.ask("{\"prompt\":\"x\",\"model\":\"%s\"}".formatted(asked));
        assertThat(server.modelsCalled()).containsExactly(called);
        assertThat(result.at("/model_requested").asText()).isEqualTo(asked);
        assertThat(result.at("/fallback/level").asInt(-1)).isZero();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            gpt-4o-mini  | "max_tokens":50                                   | max_tokens, temperature                 | max_completion_tokens
            gpt-5-mini   | "max_tokens":50                                   | max_completion_tokens                   | max_tokens, temperature
            gpt-5.1      | "max_completion_tokens":50,"temperature":0.2      | max_completion_tokens                   | max_tokens, temperature
            openai/o4-mini | "task":"code"                                   | max_completion_tokens                   | max_tokens, temperature
            o3           | "reasoning":{"effort":"low"}                      | reasoning_effort                        | reasoning
            gpt-5        | "reasoning":{"effort":"low"},"reasoning_effort":"high" | reasoning_effort                   | reasoning
            gpt-4o       | "provider":{"order":["x"],"max_price":{"prompt":1}},"plugins":[],"transforms":["middle-out"],"usage":{"include":true},"route":"fallback" | max_tokens | provider, plugins, transforms, usage, route, models
            gpt-oss-120b | "top_p":0.5                                       | max_tokens, temperature, top_p          | max_completion_tokens
            """)
    void parametersAreThoseOfTheService(String model, String fields, String has, String hasNot) {
        server.script();
        openAi.ask("{\"prompt\":\"x\",\"model\":\"%s\",%s}".formatted(model, fields));
        List<String> names = new ArrayList<>();
        sent().fieldNames().forEachRemaining(names::add);
        assertThat(names).contains(has.split(", ")).doesNotContain(hasNot.split(", ")).doesNotContain("provider");
    }

    @Test
    void theJarsTablesAreOpenRoutersAndNobodyElses() {
        server.scriptThen(Reply.error(404, "The model does not exist"));
        assertThat(openAi.ask("{\"prompt\":\"x\",\"model\":\"gpt-gone\"}").at("/attempts")).hasSize(1);
        server.script();
        JsonNode dead = openAi.ask("{\"prompt\":\"x\",\"task\":\"code\"}");
        assertThat(dead.at("/error/code").asText()).isEqualTo("no_capable_model");
        assertThat(dead.at("/error/message").asText()).contains("models.");
        assertThat(server.calls()).isEmpty();
        try (RoutesUnderTest own = RoutesUnderTest.start(server.baseUrl(), Map.of("openrouter.dialect", "openai",
                "models.current.smart.code.balanced", "gpt-4.1-mini", "models.current.fallbacks", "gpt-4o-mini"))) {
            server.script(Reply.error(503, "no"), Reply.error(503, "no"));
            own.ask("{\"prompt\":\"x\",\"task\":\"code\"}");
            assertThat(server.modelsCalled()).containsExactly("gpt-4.1-mini", "gpt-4.1-mini", "gpt-4o-mini");
        }
    }

    @ParameterizedTest(name = "{0} under a budget with {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            gpt-4o-mini    |                        | success
            acme-own       |                        | unbounded_cost
            acme-own       | prices.acme-own=1/2    | success
            gpt-4o-mini    | prices.gpt-4o-mini=20000/20000 | budget_exhausted
            """)
    void aBudgetGoesByTheKeysElseByTheSameModelOfOpenRouter(String model, String key, String outcome) {
        server.script();
        Map<String, String> keys = new HashMap<>(Map.of("openrouter.dialect", "openai", "ledger.enabled", "on"));
        if (key != null) {
            keys.put(key.split("=")[0], key.split("=")[1]);
        }
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest limited = RoutesUnderTest.start(server.baseUrl(), keys, exchange -> { }, ledger)) {
            ledger.limits(List.of(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.DAY, BigDecimal.TEN)));
            JsonNode ended = limited.ask("{\"prompt\":\"x\",\"model\":\"%s\"}".formatted(model));
            assertThat(ended.at("/error/code").asText(ended.path("status").asText())).isEqualTo(outcome);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "//", "/chat/completions", "/chat/completions/"})
    void whateverStandsAtTheEndOfTheAddressTheCallGoesToTheSamePlace(String end) throws IOException {
        server.script();
        assertThat(run("providers", "add", "own", "--type", "openai", "--url", server.baseUrl() + end)).isZero();
        assertThat(run("providers", "use", "own")).isZero();
        assertThat(run("ask", "x", "-D", "models.current.smart.chat.balanced=gpt-4o-mini")).isZero();
        assertThat(run("ask", "y", "-D", "openrouter.api-key=any", "-D", "openrouter.base-url=" + server.baseUrl() + end)).isZero();
        assertThat(server.calls()).extracting(ScriptedServer.Call::target).containsExactly("/api/v1/chat/completions", "/api/v1/chat/completions");
        assertThat(server.modelsCalled().get(0)).isEqualTo("gpt-4o-mini");
    }

    @Test
    void anotherTypeIsRefused() {
        assertThat(run("providers", "add", "own", "--type", "azure", "--url", server.baseUrl())).isEqualTo(2);
        assertThat(run("ask", "x", "-D", "openrouter.dialect=azure", "-D", "openrouter.api-key=any", "-D", "openrouter.base-url=" + server.baseUrl())).isEqualTo(2);
        assertThat(said.toString()).contains("one of openrouter, openai");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"openai, false", "openrouter, true"})
    void modelsAreHeldAgainstOpenRoutersListWhereTheyAreItsOwn(String dialect, boolean held) {
        run("check", "--offline", "-D", "openrouter.dialect=" + dialect, "-D", "models.current.smart.chat.balanced=acme-local");
        assertThat(said.toString().contains("model acme-local has no author")).isEqualTo(held);
        assertThat(said.toString().contains("model acme-local is not in the list")).isEqualTo(held);
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("-D", "ledger.directory=" + folder.resolve("data"), "-D", "catalogue.copy=" + folder.resolve("models.json")));
        return PromptRoutes.execute(all.toArray(String[]::new), new PrintWriter(said, true), new PrintWriter(said, true));
    }
}
