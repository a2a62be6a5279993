package io.promptroutes.cli;

import static io.promptroutes.cli.Reply.error;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to requests whose response_format asks for JSON. */
@Timeout(60)
class StructuredOutputTest {

    private static final String M = "openai/gpt-4.1-mini";
    private static final String A = "google/gemini-2.5-flash-lite";
    private static final String B = "mistralai/mistral-small-2603";
    private static final String F = "openrouter/free";
    private static final String SCHEMA = """
            {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}""";
    private static final String USAGE = "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":0.001}";
    private static final String GOOD = "{\"name\":\"Ada\",\"age\":36}";

    private static final AtomicInteger IDS = new AtomicInteger();

    @TempDir
    private static Path folder;
    @AutoClose
    private static final ScriptedServer SERVER = new ScriptedServer();
    private static Ledger ledger;
    private static RoutesUnderTest routes;

    /** Of the prompt of a test. */
    private final String id = "p" + IDS.incrementAndGet();
    private Figures.Row before;

    @BeforeAll
    static void start() {
        ledger = Ledger.open(TestLedgers.made(folder));
        routes = RoutesUnderTest.start(SERVER.baseUrl(), Map.of("ledger.enabled", "on"), exchange -> { }, ledger);
    }

    @AfterAll
    static void stop() {
        routes.close();
        ledger.close();
    }

    @BeforeEach
    void look() {
        before = TestLedgers.total(ledger);
    }

    private static Reply text(String text) {
        return said(text, "stop");
    }

    private static Reply said(String text, String finish) {
        String content = Json.MAPPER.getNodeFactory().textNode(text).toString();
        return Reply.choice("{\"finish_reason\":\"" + finish + "\",\"message\":{\"role\":\"assistant\",\"content\":" + content + "}}", USAGE);
    }

    private String line(String more) {
        return schema(SCHEMA, more);
    }

    private String schema(String schema, String more) {
        return "{\"id\":\"" + id + "\",\"prompt\":\"Who?\",\"model\":\"" + M + "\",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
                + "{\"name\":\"person\",\"strict\":true,\"schema\":" + schema + "}}" + more + "}";
    }

    @Test
    void anAnswerThatFitsIsTheResult() {
        SERVER.script(text(GOOD));
        JsonNode result = routes.ask(line(""));
        assertThat(result.path("text").asText()).isEqualTo(GOOD);
        assertThat(SERVER.calls()).hasSize(1);
    }

    @Test
    void oneThatDoesNotFitIsRepairedByItsModelWhichIsToldWhatIsWrong() {
        SERVER.script(text("{\"name\":\"Ada\",\"age\":\"old\"}"), text(GOOD));
        JsonNode result = routes.ask(line(""));
        assertThat(result.path("text").asText()).isEqualTo(GOOD);
        assertThat(SERVER.modelsCalled()).containsExactly(M, M);
        JsonNode messages = SERVER.calls().get(1).body().path("messages");
        assertThat(messages).hasSize(3);
        assertThat(messages.get(0)).isEqualTo(SERVER.calls().get(0).body().at("/messages/0"));
        assertThat(messages.get(1).path("role").asText()).isEqualTo("assistant");
        assertThat(messages.get(1).path("content").asText()).isEqualTo("{\"name\":\"Ada\",\"age\":\"old\"}");
        assertThat(messages.get(2).path("content").asText()).contains("age", "integer expected");
        assertThat(result.at("/fallback/level").asInt()).isZero();
        assertThat(result.at("/fallback/attempts/0/error").asText()).startsWith("invalid_output: ").contains("integer expected");
        assertPaid(result, 2, "failed", "success");
    }

    @Test
    void whereThatIsNoUseTheNextModelIsAsked() {
        SERVER.script(text("no"), text("still no"), text(GOOD));
        JsonNode result = routes.ask(line(""));
        assertThat(SERVER.modelsCalled()).containsExactly(M, M, A);
        assertThat(SERVER.calls().get(2).body().path("messages")).as("a fresh start").hasSize(1);
        assertThat(result.at("/fallback/reason").asText()).isEqualTo("invalid_output");
        assertPaid(result, 3, "failed", "failed", "success");
    }

    @Test
    void whereNoModelGetsItRightTheDeadLetterHasTheTextAndWhatItCost() {
        SERVER.scriptThen(text("{\"name\":\"Ada\"}"));
        JsonNode letter = routes.ask(line(""));
        assertThat(letter.at("/error/code").asText()).isEqualTo("invalid_output");
        assertThat(letter.at("/error/message").asText()).contains("age");
        assertThat(letter.path("text").asText()).isEqualTo("{\"name\":\"Ada\"}");
        assertThat(SERVER.modelsCalled()).containsExactly(M, M, A, A, B, B, F, F);
        assertThat(letter.path("request").path("id").asText()).isEqualTo(id);
        assertPaid(letter, 8, Stream.generate(() -> "failed").limit(8).toArray(String[]::new));
    }

    @Test
    void aRepairThatMeetsAnErrorIsTriedAgainAsARepair() {
        SERVER.script(text("no"), error(502, "down"), text(GOOD));
        JsonNode result = routes.ask(line(""));
        assertThat(SERVER.modelsCalled()).as("two calls of a model that fails").containsExactly(M, M, A);
        assertThat(result.path("text").asText()).isEqualTo(GOOD);
    }

    @Test
    void oneThatWasCutIsAskedForWithMoreTokensAndNotTheSameAgain() {
        SERVER.script(said("{\"name\":", "length"), said("{\"name\":\"A", "length"), text(GOOD));
        JsonNode result = routes.ask(line(",\"max_tokens\":100"));
        assertThat(SERVER.calls().stream().map(call -> call.body().path("max_tokens").asInt())).containsExactly(100, 200, 400);
        assertThat(SERVER.calls()).allMatch(call -> call.body().path("messages").size() == 1);
        assertThat(SERVER.modelsCalled()).containsExactly(M, M, M);
        assertPaid(result, 3, "failed", "failed", "success");
    }

    @Test
    void notMoreThanTheModelCanGiveAndTheNextOneStartsWithAsMany() {
        SERVER.scriptThen(said("{\"name\":", "length"));
        JsonNode letter = routes.ask(line(",\"max_tokens\":20000"));
        assertThat(letter.at("/error/code").asText()).isEqualTo("invalid_output");
        assertThat(letter.path("text").asText()).isEqualTo("{\"name\":");
        List<Integer> caps = SERVER.calls().stream().filter(call -> call.model().equals(M)).map(call -> call.body().path("max_tokens").asInt()).toList();
        assertThat(caps).as("32,768 is this model's most").containsExactly(20000, 32768);
        assertThat(SERVER.calls().get(2).body().path("max_tokens").asInt()).as("of " + SERVER.calls().get(2).model()).isEqualTo(32768);
    }

    @Test
    void underACostOfItsOwnNoLongerCallIsMade() {
        SERVER.script(text("no"), said("{\"name\":", "length"), text(GOOD));
        JsonNode result = routes.ask(line(",\"max_cost_cents\":0.3,\"max_tokens\":50"));
        assertThat(result.path("text").asText()).isEqualTo(GOOD);
        assertThat(SERVER.modelsCalled()).containsExactly(M, A, B);
        assertThat(SERVER.calls()).allMatch(call -> call.body().path("max_tokens").asInt() == 50 && call.body().path("messages").size() == 1);
    }

    @Test
    void aCutAnswerThatFitsAllTheSameIsTaken() {
        SERVER.script(said(GOOD, "length"));
        assertThat(routes.ask(line("")).path("text").asText()).isEqualTo(GOOD);
    }

    @Test
    void aRefusalAndToolCallsAreAnswersOfTheirOwn() {
        SERVER.script(Reply.choice("{\"finish_reason\":\"stop\",\"message\":{\"content\":null,\"refusal\":\"I will not.\"}}", USAGE),
                Reply.choice("""
                        {"finish_reason":"tool_calls","message":{"content":null,"tool_calls":[{"id":"1","type":"function",
                         "function":{"name":"f","arguments":"{}"}}]}}""", USAGE));
        assertThat(routes.ask(line("")).path("refusal").asText()).isEqualTo("I will not.");
        assertThat(routes.ask(line(",\"seed\":1")).path("tool_calls")).hasSize(1);
        assertThat(SERVER.calls()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"a\":1}|1", "[1,2]|1", "not JSON|2", "{\"a\":1} and more|1", "{\"a\":|2"})
    void jsonObjectHasToParse(String said, int calls) {
        SERVER.script(text(said), text("{}"));
        assertThat(routes.ask("{\"prompt\":\"Who?\",\"model\":\"" + M + "\",\"response_format\":{\"type\":\"json_object\"}}").path("status").asText())
                .isEqualTo("success");
        assertThat(SERVER.calls()).hasSize(calls);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"$ref\":\"%s/schema.json\"}", "{\"type\":\"object\",\"properties\":{\"name\":{\"$ref\":\"%s/schema.json\"}}}",
        "{\"$schema\":\"%s/schema.json\",\"type\":\"object\"}", "{\"$ref\":\"file:///etc/hostname\"}", "{\"$ref\":\"classpath:models.json\"}",
        "{\"$id\":\"%s/schema.json\",\"$ref\":\"other.json\"}", "{\"type\":\"object\",\"properties\":{\"name\":{\"pattern\":\"(\"}}}"})
    void whatASchemaRefersToIsNeverFetched(String schema) {
        SERVER.document("/schema.json", "{\"type\":\"string\"}");
        SERVER.document("/other.json", "{\"type\":\"string\"}");
        SERVER.script(text(GOOD));
        JsonNode result = routes.ask(schema(schema.formatted(SERVER.baseUrl()), ""));
        assertThat(result.path("text").asText()).isEqualTo(GOOD);
        assertThat(SERVER.gets("/schema.json") + SERVER.gets("/other.json")).isZero();
        assertThat(SERVER.calls()).hasSize(1);
        assertThat(result.at("/routing/notes/0").asText()).contains("cannot be used here");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"$defs\":{\"n\":{\"type\":\"object\",\"required\":[\"age\"],\"properties\":{\"age\":{\"type\":\"integer\"},\"next\":{\"$ref\":\"#/$defs/n\"}}}},\"$ref\":\"#/$defs/n\"}",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"definitions\":{\"n\":{\"required\":[\"age\"]}},\"allOf\":[{\"$ref\":\"#/definitions/n\"}]}",
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"https://example.org/person\",\"required\":[\"age\"]}"})
    void itsOwnPartsAndTheKnownDraftsAre(String schema) {
        SERVER.script(text("{\"name\":\"Ada\"}"), text(GOOD));
        JsonNode result = routes.ask(schema(schema, ""));
        assertThat(result.path("text").asText()).isEqualTo(GOOD);
        assertThat(SERVER.calls()).hasSize(2);
        assertThat(result.at("/routing/notes").isMissingNode()).isTrue();
    }

    /** Every call is an event and a settled claim, and the outcome says what they cost together. */
    private void assertPaid(JsonNode outcome, int calls, String... states) {
        BigDecimal cost = new BigDecimal("0.001").multiply(BigDecimal.valueOf(calls));
        assertThat(outcome.path("cost_usd").decimalValue()).isEqualByComparingTo(cost);
        assertThat(routes.costsOf(outcome)).extracting(event -> event.at("/data/status").asText()).containsExactly(states);
        assertThat(routes.costsOf(outcome)).allMatch(event -> event.at("/data/cost_usd").decimalValue().compareTo(new BigDecimal("0.001")) == 0
                && !event.at("/data/model_used").isNull());
        Figures.Row total = TestLedgers.total(ledger);
        assertThat(total.costUsd().subtract(before.costUsd())).isEqualByComparingTo(cost);
        assertThat(total.uncertainUsd()).isZero();
        assertThat(total.requests() - before.requests()).isEqualTo(calls);
    }
}
