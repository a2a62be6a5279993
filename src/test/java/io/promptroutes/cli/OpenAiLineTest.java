package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A line for OpenAI's Batch API goes out with its own settings alone; an answer that was cut is counted. */
class OpenAiLineTest {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Write a function\"}]";
    private static final Reply CUT = Reply.choice("""
            {"index":0,"finish_reason":"length","message":{"role":"assistant","content":"Half of"}}""",
            "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":0.000001}");

    private static ScriptedServer server;
    private static RoutesUnderTest routes;

    @BeforeAll
    static void start() {
        server = new ScriptedServer();
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        server.close();
    }

    private static String line(String fields) {
        return "{\"custom_id\":\"a\",\"body\":{" + fields + MESSAGES + "}}";
    }

    private static JsonNode sent() {
        return server.calls().get(server.calls().size() - 1).body();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `"model":"gpt-4o-mini",`                                      | null | null
            `"model":"acme/unlisted",`                                    | null | null
            ``                                                            | null | null
            `"model":"openai/gpt-5-mini",`                                | null | null
            `"model":"gpt-4o-mini","max_tokens":77,`                      | 77   | null
            `"model":"gpt-4o-mini","max_completion_tokens":78,`           | 78   | null
            `"model":"gpt-4o-mini","temperature":0.25,`                   | null | 0.25
            `"model":"gpt-4o-mini","max_cost_cents":4,"task":"code",`     | 2048 | null
            """)
    void nothingOfOursIsAdded(String fields, String cap, String temperature) {
        server.script();
        JsonNode result = routes.ask(line(fields));
        JsonNode body = sent();
        String sentCap = body.path("max_tokens").asText(body.path("max_completion_tokens").asText("null"));
        assertThat(sentCap).isEqualTo(cap);
        assertThat(body.path("temperature").asText("null")).isEqualTo(temperature);
        assertThat(result.at("/routing/config/max_tokens").asText()).isEqualTo(cap);
        assertThat(result.at("/routing/config/temperature").asText()).isEqualTo(temperature);
    }

    @Test
    void norToOneThatIsKnownByTheKeyOrComesOutOfADeadLetter() {
        server.script();
        try (RoutesUnderTest openAi = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.format", "openai"))) {
            openAi.ask(line("\"model\":\"gpt-4o-mini\","));
            assertThat(sent().has("max_tokens") || sent().has("temperature")).isFalse();
        }
        routes.ask("{\"id\":\"a\",\"status\":\"failed\",\"error\":{\"code\":\"timeout\",\"message\":\"x\",\"retryable\":true},\"attempts\":[],\"request\":"
                + line("\"model\":\"gpt-4o-mini\",") + "}");
        assertThat(sent().has("max_tokens") || sent().has("temperature")).isFalse();
        routes.ask("{\"model\":\"gpt-4o-mini\",\"task\":\"code\"," + MESSAGES + "}");
        assertThat(sent().path("max_tokens").asInt()).as("a request of our own form has the task's settings").isEqualTo(2048);
        assertThat(sent().path("temperature").asText()).isEqualTo("0.1");
    }

    @Test
    void whatCreditAllowsIsAskedForAgain() {
        server.script(Reply.error(402, "This request requires more credits, or fewer max_tokens. You requested up to 16384 tokens, but can only afford 1234."));
        JsonNode result = routes.ask(line("\"model\":\"gpt-4o-mini\","));
        assertThat(server.modelsCalled()).containsExactly("openai/gpt-4o-mini", "openai/gpt-4o-mini");
        assertThat(server.calls().get(0).body().has("max_tokens")).isFalse();
        assertThat(server.calls().get(1).body().path("max_tokens").asInt()).isEqualTo(1234);
        assertThat(result.at("/fallback/level").asInt(-1)).isZero();
    }

    @Test
    void underABudgetItHasTheTasksCap(@TempDir Path folder) {
        server.script();
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest limited = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on"), exchange -> { }, ledger)) {
            limited.ask(line("\"model\":\"gpt-4o-mini\",\"task\":\"code\",\"user\":\"1\","));
            assertThat(sent().has("max_tokens")).as("without a limit").isFalse();
            ledger.limits(List.of(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.DAY, BigDecimal.TEN)));
            limited.ask(line("\"model\":\"gpt-4o-mini\",\"task\":\"code\",\"user\":\"2\","));
            assertThat(sent().path("max_tokens").asInt()).isEqualTo(2048);
            assertThat(sent().has("temperature")).isFalse();
        }
    }

    @Test
    void theSummaryCountsCutAnswersAndSubstitutes(@TempDir Path folder) throws IOException {
        server.script();
        server.byModel(Map.of("acme/gone", Reply.error(404, "No endpoints found for acme/gone."), "acme/short", CUT));
        Path prompts = Files.writeString(folder.resolve("in.jsonl"), "{\"prompt\":\"x\",\"model\":\"acme/short\"}\n" + line("\"model\":\"acme/gone\",") + "\n{\"prompt\":\"y\"}\n");
        String err = batch(folder, prompts);
        server.byModel(Map.of());
        assertThat(err).containsPattern("substitutes +1 answers? ").containsPattern("cut +1 answers? ");
        JsonNode substitute = Files.readAllLines(folder.resolve("out/openai-output.jsonl")).stream().map(OpenAiLineTest::json)
                .filter(one -> one.path("custom_id").asText().equals("a")).findFirst().orElseThrow();
        assertThat(substitute.at("/response/body/model_requested").asText()).isEqualTo("acme/gone");
        assertThat(substitute.at("/response/body/fallback/reason").asText()).isEqualTo("model_gone");
        int calls = server.calls().size();
        assertThat(batch(folder, prompts)).as("answered again").containsPattern("reused +3 answers? ").containsPattern("substitutes +1 answers? ")
                .containsPattern("cut +1 answers? ");
        assertThat(server.calls()).hasSize(calls);
    }

    @Test
    void anAnswerThatWasCutAndAskedForAgainIsNotCounted(@TempDir Path folder) throws IOException {
        server.script(CUT, Reply.choice("{\"finish_reason\":\"stop\",\"message\":{\"content\":\"{}\"}}", "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4}"));
        Path prompts = Files.writeString(folder.resolve("in.jsonl"), "{\"prompt\":\"x\",\"model\":\"openai/gpt-4.1-mini\",\"response_format\":{\"type\":\"json_object\"}}\n");
        String err = batch(folder, prompts);
        assertThat(server.calls()).hasSize(2);
        assertThat(err).doesNotContain("cut  ");
    }

    /** What it says. */
    private static String batch(Path folder, Path prompts) {
        StringWriter err = new StringWriter();
        int exit = PromptRoutes.execute(new String[] {"batch", prompts.toString(), "--out", folder.resolve("out").toString(), "--concurrency", "1",
            "--format", "openai", "-D", "openrouter.base-url=" + server.baseUrl(), "-D", "openrouter.api-key=any", "-D", "ledger.directory=" + folder.resolve("data"),
            "-D", "catalogue.copy=" + folder.resolve("models.json")}, new PrintWriter(new StringWriter()), new PrintWriter(err, true));
        assertThat(exit).as(err.toString()).isZero();
        return err.toString();
    }

    private static JsonNode json(String line) {
        try {
            return Json.MAPPER.readTree(line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
