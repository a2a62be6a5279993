package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A check that takes its time: the answer is paid and kept before, no permit is held, and nothing is paid again. */
@Timeout(120)
class CheckedAnswersTest {

    private static final String M = "openai/gpt-4.1-mini";
    private static final String USAGE = "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":0.01}";
    /** The back reference keeps the JDK from remembering where it was. */
    private static final String ENDLESS = "{\"type\":\"string\",\"pattern\":\"^(a*)*b\\\\1$\"}";
    private static final String HARD = "\"" + "a".repeat(60) + "!\"";

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    private static Reply text(String text) {
        return Reply.choice("{\"finish_reason\":\"stop\",\"message\":{\"content\":" + Json.MAPPER.getNodeFactory().textNode(text) + "}}", USAGE);
    }

    private static String line(String id, String schema) {
        return "{\"id\":\"" + id + "\",\"prompt\":\"Who?\",\"model\":\"" + M + "\"" + (schema == null ? ""
                : ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":" + schema + "}}") + "}";
    }

    @Test
    void whileItRunsTheAnswerIsPaidForAndThePermitIsFree() {
        server.script(text(HARD), Reply.answer());
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on", "prompts.concurrency", "1"), exchange -> { }, ledger)) {
            String slow = routes.send(line("slow", ENDLESS));
            await().atMost(Duration.ofSeconds(20)).until(() -> TestLedgers.total(ledger).costUsd().signum() > 0);
            assertThat(TestLedgers.total(ledger).uncertainUsd()).isZero();
            routes.ask(line("other", null));
            assertThat(routes.results()).as("the other one has not waited").hasSize(1);

            JsonNode result = routes.outcome(slow);

            assertThat(result.path("text").asText()).isEqualTo(HARD);
            assertThat(result.at("/routing/notes/0").asText()).contains("takes longer", "only checked for being JSON");
            assertThat(server.calls()).hasSize(2);
            assertThat(routes.costs()).hasSize(2);
        }
    }

    @Test
    void manyOfThemCostOneCheckAndOneCallEach() {
        server.scriptThen(text(HARD));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            List<String> ids = IntStream.range(0, 50).mapToObj(i -> routes.send(line("p-" + i, ENDLESS))).toList();
            assertThat(ids).allMatch(id -> routes.outcome(id).path("status").asText().equals("success"));
        }
        assertThat(server.calls()).hasSize(50);
    }

    @Test
    void aRejectedAnswerIsAFailedCallInTheBooksAndItsRepairIsTheResultThatComesAgain() {
        String schema = "{\"type\":\"object\",\"required\":[\"a\"]}";
        server.script(text("{}"), text("```json\n{\"a\":1}\n```"));
        JsonNode first;
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on"), exchange -> { }, ledger)) {
            first = routes.ask(line("p", schema));
            assertThat(first.path("text").asText()).isEqualTo("{\"a\":1}");
            assertThat(first.at("/routing/notes/0").asText()).contains("taken out of the text around it");
            assertThat(routes.costs()).extracting(event -> event.at("/data/status").asText()).containsExactly("failed", "success");
            Figures.Row total = TestLedgers.total(ledger);
            assertThat(total.costUsd()).isEqualByComparingTo(new BigDecimal("0.02"));
            assertThat(total.requests()).isEqualTo(2);
        }
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on"), exchange -> { }, ledger)) {
            assertThat(routes.ask(line("p", schema))).isEqualTo(first);
        }
        assertThat(server.calls()).hasSize(2);
    }

    @Test
    void aFilterThatBrokeOffIsNotAskedToMendItsJson() {
        server.script(Reply.choice("{\"finish_reason\":\"content_filter\",\"message\":{\"content\":\"{\\\"a\\\":\"}}", USAGE));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode letter = routes.ask(line("p", "{\"type\":\"object\"}"));
            assertThat(letter.at("/error/code").asText()).isEqualTo("moderation");
            assertThat(letter.path("cost_usd").decimalValue()).isEqualByComparingTo("0.01");
        }
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void whatIsInTheOpenAiFileIsTheBareJson() throws Exception {
        server.script(text("Sure: {\"a\":1}"));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode result = routes.ask(line("p", "{\"type\":\"object\"}"));
            JsonNode openAi = Json.MAPPER.readTree(io.promptroutes.message.OpenAiBatch.output(Json.bytes(result)));
            assertThat(openAi.at("/response/body/choices/0/message/content").asText()).isEqualTo("{\"a\":1}");
        }
    }
}
