package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.message.OpenAiBatch;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All that was paid for is in the result and in the file for OpenAI's Batch API, and comes back from ledger and cache. */
@Timeout(60)
class CarriedAnswersTest {

    private static final String USAGE = "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":" + Reply.COST + "}";
    private static final String LINE = "{\"id\":\"p\",\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\",\"n\":2,\"logprobs\":true}";
    private static final String FIRST = """
            {"index":0,"finish_reason":"stop","native_finish_reason":"stop","logprobs":{"content":[{"token":"Good.","logprob":-0.1}]},
             "message":{"role":"assistant","content":"Good.","audio":{"id":"a","data":"AA"},"function_call":{"name":"f","arguments":"{}"},"mood":"calm"}}""";
    private static final String SECOND = "{\"index\":1,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"Better.\"}}";

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    private static JsonNode openAi(JsonNode result) throws IOException {
        return Json.MAPPER.readTree(OpenAiBatch.output(Json.bytes(result))).at("/response/body");
    }

    @Test
    void everyChoiceAndMemberIsInResultAndOpenAiFileAndComesBackFromCacheAndLedger() throws IOException {
        server.script(Reply.choice(FIRST + "," + SECOND, USAGE));
        JsonNode first;
        Map<String, String> keys = Map.of("cache.enabled", "on", "ledger.enabled", "on");
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder)); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), keys, exchange -> { }, ledger)) {
            first = routes.ask(LINE);
            assertThat(first.at("/choices/0/message/mood").asText()).isEqualTo("calm");
            assertThat(first.at("/choices/1/message/content").asText()).isEqualTo("Better.");
            assertThat(routes.ask(LINE.replace("\"p\"", "\"q\"")).path("choices")).as("from the cache").isEqualTo(first.path("choices"));
        }
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder)); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), keys, exchange -> { }, ledger)) {
            assertThat(routes.ask(LINE).path("choices")).as("from the ledger").isEqualTo(first.path("choices"));
        }
        assertThat(server.calls()).hasSize(1);
        JsonNode body = openAi(first);
        assertThat(body.path("choices")).hasSize(2);
        assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("Good.");
        assertThat(body.at("/choices/0/logprobs/content/0/token").asText()).isEqualTo("Good.");
        assertThat(body.at("/choices/0/message/audio/data").asText()).isEqualTo("AA");
        assertThat(body.at("/choices/0/message/function_call/name").asText()).isEqualTo("f");
        assertThat(body.at("/choices/1")).isEqualTo(Json.MAPPER.readTree(SECOND));
    }

    @Test
    void aComparisonCarriesThemPerModel() throws IOException {
        server.scriptThen(Reply.choice(FIRST, USAGE));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode result = routes.ask("{\"prompt\":\"Hello\",\"strategy\":\"compare\"}");
            assertThat(result.path("model_results")).allMatch(row -> row.at("/choices/0/message/audio/data").asText().equals("AA"));
            assertThat(openAi(result).path("choices")).hasSize(result.path("model_results").size())
                    .allMatch(choice -> choice.at("/message/audio/data").asText().equals("AA"));
        }
    }

    @Test
    void aToolCallWithANumberThatNobodyCanWriteIsDelivered() throws IOException {
        server.script(Reply.choice("""
                {"finish_reason":"tool_calls","message":{"content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":1e20000}},
                 {"id":"d","function":{"name":"g","arguments":"\\ud83d"}}]}}""", USAGE));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode result = routes.ask("{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}");
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(result.at("/tool_calls/0").textValue()).contains("\"name\":\"f\"", "1E+20000");
            assertThat(openAi(result).at("/choices/0/message/tool_calls")).hasSize(2);
        }
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void namesOfMegabytesOrOfHalfCharactersAreShownAndCutAndTheAnswerIsDelivered() {
        String much = "x".repeat(3_000_000);
        server.scriptThen(Reply.json(200, "{\"id\":\"" + much + "\",\"model\":\"acme/\\ud83d" + much + "\",\"provider\":\"\\u001b[31m" + much + "\",\"choices\":[" + SECOND + "]," + USAGE + "}"));
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on"), exchange -> { }, ledger)) {
            JsonNode result = routes.ask(LINE);
            assertThat(result.path("text").asText()).isEqualTo("Better.");
            assertThat(result.path("model_used").asText()).startsWith("acme/\\ud83dxxx").hasSizeLessThan(250);
            assertThat(result.path("provider").asText()).startsWith("\\u001b[31mxxx").hasSizeLessThan(250);
            assertThat(result.path("generation_id").asText()).hasSizeLessThan(250);
            assertThat(routes.costs()).hasSize(1);
        }
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void noStreamIsAskedForAndOneThatComesIsRead() {
        server.script(Reply.json(200, ": OPENROUTER PROCESSING\n\n"
                + "data: {\"id\":\"gen-s\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Stre\"}}]}\n\n"
                + "data: {\"id\":\"gen-s\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"am.\"},\"finish_reason\":\"stop\"}]," + USAGE + "}\n\n"
                + "data: [DONE]\n\n"));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            JsonNode result = routes.ask("{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\",\"stream\":true}");
            assertThat(result.path("text").asText()).isEqualTo("Stream.");
            assertThat(result.path("cost_usd").decimalValue()).isEqualByComparingTo(Reply.COST);
        }
        assertThat(server.calls()).hasSize(1);
        assertThat(server.calls().get(0).body().path("stream")).isEqualTo(Json.MAPPER.getNodeFactory().booleanNode(false));
    }
}
