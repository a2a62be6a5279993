package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches OpenRouter, and what does not. */
class WireTest {

    private static ScriptedServer server;
    private static RoutesUnderTest routes;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of(
                "openrouter.site-url", "https://example.org/app",
                "openrouter.app-name", "Tests of prompt-routes",
                "prompts.passthrough", "from_tomorrow",
                "openrouter.provider.data_collection", "deny",
                "openrouter.provider.max_price", "{\"prompt\":3}",
                "openrouter.provider.allow_fallbacks", "false"));
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        server.close();
    }

    private static ScriptedServer.Call called(String line) {
        server.script();
        JsonNode result = routes.ask(line);
        assertThat(result.path("status").asText()).as("%s", result).isEqualTo("success");
        assertThat(server.calls()).hasSize(1);
        return server.calls().get(0);
    }

    @Test
    void sendsTheNamedHeadersAndNoOthers() {
        ScriptedServer.Call call = called("{\"prompt\":\"Hello\"}");
        assertThat(call.target()).isEqualTo("/api/v1/chat/completions");
        assertThat(call.headers()).containsOnlyKeys("Authorization", "HTTP-Referer", "X-Title", "Content-Type", "Content-Length",
                "Accept-Encoding", "User-Agent", "Host", "Connection");
        assertThat(call.header("Authorization")).isEqualTo("Bearer " + RoutesUnderTest.KEY);
        assertThat(call.header("HTTP-Referer")).isEqualTo("https://example.org/app");
        assertThat(call.header("X-Title")).isEqualTo("Tests of prompt-routes");
        assertThat(call.header("Content-Type")).startsWith("application/json");
        assertThat(call.header("User-Agent")).startsWith("prompt-routes");
        assertThat(call.header("Host")).isEqualTo("127.0.0.1:" + server.port());
    }

    @Test
    void headersOfAnAnswerDoNotReachTheNextCall() {
        server.script(Reply.error(502, "down", "X-Leak", "secret", "CamelHttpUri", "http://127.0.0.1:9/stolen", "Set-Cookie", "a=b"));
        JsonNode result = routes.ask("{\"prompt\":\"Hello\"}");
        assertThat(result.path("status").asText()).isEqualTo("success");
        assertThat(server.calls()).hasSize(2);
        assertThat(server.calls().get(1).headers()).doesNotContainKeys("X-Leak", "Cookie");
    }

    @Test
    void aRedirectIsNotFollowed() {
        server.script(Reply.json(307, "{}", "Location", "http://127.0.0.1:9/stolen"),
                Reply.json(307, "{}", "Location", "http://127.0.0.1:9/stolen"));
        JsonNode result = routes.ask("{\"model\":\"openai/gpt-4.1-mini\",\"prompt\":\"Hello\"}");
        assertThat(result.path("status").asText()).isEqualTo("success");
        assertThat(result.at("/fallback/attempts/0/status").asInt()).isEqualTo(307);
    }

    @Test
    void unknownFieldsOfARequestStayHereButThoseThatAreLetThrough() throws IOException {
        ScriptedServer.Call call = called("""
                {"prompt":"Hello","top_p":0.30,"seed":7,"stop":["a","b"],"from_tomorrow":{"deep":[1,2.50,null,{"x":true}]},"user":"u-1","customer":"secret"}""");
        assertThat(call.body().has("customer")).isFalse();
        assertThat(call.body().get("from_tomorrow")).isEqualTo(Json.MAPPER.readTree("{\"deep\":[1,2.50,null,{\"x\":true}]}"));
        assertThat(call.body().get("stop")).isEqualTo(Json.MAPPER.readTree("[\"a\",\"b\"]"));
        assertThat(call.body().get("seed").asInt()).isEqualTo(7);
        assertThat(call.body().get("top_p").decimalValue()).isEqualByComparingTo("0.3");
        assertThat(call.body().get("user").asText()).isEqualTo("u-1");
    }

    /** Whatever carries it: nothing of it chooses, pays or leaves but through the template. */
    @ParameterizedTest
    @ValueSource(strings = {"""
            {"text":"Hello","prompt":"secret","model":"none/such","provider":{"order":["DHL"]},"user":"secret","tenant":"acme","max_tokens":"many","budget":7,"id":{"n":1},"metadata":[]}""",
        "Hello", "{\"text\":\"Hello\",\"custom_id\":\"c\",\"body\":{\"messages\":[]},\"url\":\"/v1/embeddings\"}",
        "{\"text\":\"Hello\",\"error\":{\"code\":\"x\"},\"request\":{\"prompt\":\"secret\"}}"})
    void ofDataNothingLeavesButThroughTheTemplate(String data) throws IOException {
        try (RoutesUnderTest records = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.template", "Sum {{text}}", "prompts.system", "Be {{text}}"))) {
            for (boolean record : new boolean[] {true, false}) {
                server.script();
                String id = record ? "prompts-0-41" : "test:2";
                if (record) {
                    records.sendRecord(data, 41, false);
                } else {
                    records.send(data);
                }
                await().atMost(Duration.ofSeconds(20)).until(() -> records.results().size() == (record ? 1 : 2));
                assertThat(server.calls().get(0).body().get("messages")).isEqualTo(Json.MAPPER.readTree(
                        "[{\"role\":\"system\",\"content\":\"Be Hello\"},{\"role\":\"user\",\"content\":\"Sum Hello\"}]"));
                assertThat(server.calls().get(0).body().properties()).extracting(Map.Entry::getKey)
                        .containsExactlyInAnyOrder("model", "stream", "messages", "temperature", "max_tokens");
                JsonNode result = records.results().get(record ? 0 : 1);
                assertThat(result.path("id").asText()).isEqualTo(id);
                assertThat(result.path("tenant").asText()).isEqualTo("default");
                assertThat(result.at("/routing/strategy").asText()).isEqualTo("smart");
            }
        }
    }

    @Test
    void fieldsForUsAndStreamingAreNotSent() {
        ScriptedServer.Call call = called("""
                {"id":"kept","prompt":"Hello","system":"Be short.","strategy":"smart","budget":"budget","task":"chat","tenant":"t","quality":"good",
                "complexity":"simple","comparison":"speed","max_cost_cents":5,"free_only":true,"allow_paid":true,"metadata":{"secret":1},
                "stream":true,"stream_options":{"include_usage":true}}""".replace("\n", ""));
        assertThat(call.body().properties()).extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("model", "messages", "temperature", "max_tokens", "provider", "stream");
        assertThat(call.body().path("stream")).isEqualTo(Json.MAPPER.getNodeFactory().booleanNode(false));
        assertThat(call.body().at("/messages/0/role").asText()).isEqualTo("system");
        assertThat(call.body().at("/messages/0/content").asText()).isEqualTo("Be short.");
        assertThat(call.body().at("/messages/1/content").asText()).isEqualTo("Hello");
    }

    @Test
    void anOutputCapIsAlwaysSent() {
        assertThat(called("{\"prompt\":\"Hello\",\"task\":\"math\"}").body().get("max_tokens").asInt()).isEqualTo(800);
        assertThat(called("{\"prompt\":\"Hello\",\"max_tokens\":17}").body().get("max_tokens").asInt()).isEqualTo(17);
        JsonNode newer = called("{\"prompt\":\"Hello\",\"max_completion_tokens\":18}").body();
        assertThat(newer.get("max_completion_tokens").asInt()).isEqualTo(18);
        assertThat(newer.has("max_tokens")).isFalse();
    }

    @Test
    void providerDefaultsLieUnderTheRequestsOwn() throws IOException {
        assertThat(called("{\"prompt\":\"Hello\"}").body().get("provider"))
                .isEqualTo(Json.MAPPER.readTree("{\"allow_fallbacks\":false,\"data_collection\":\"deny\",\"max_price\":{\"prompt\":3}}"));
        assertThat(called("{\"prompt\":\"Hello\",\"provider\":{\"data_collection\":\"allow\",\"sort\":\"price\"}}").body().get("provider"))
                .isEqualTo(Json.MAPPER.readTree(
                        "{\"allow_fallbacks\":false,\"data_collection\":\"allow\",\"max_price\":{\"prompt\":3},\"sort\":\"price\"}"));
    }

    @Test
    void messagesWithPicturesArriveAsTheyWereGiven() throws IOException {
        String messages = """
                [{"role":"user","content":[{"type":"text","text":"What is it? \\u00e9\\ud83d\\ude00"},\
                {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]}]""";
        assertThat(called("{\"messages\":" + messages + "}").body().get("messages")).isEqualTo(Json.MAPPER.readTree(messages));
    }

    @Test
    void aSettingOfOursThatTheModelDoesNotTakeIsLeftOutButTheRequestsIsSent() {
        String model = "\"model\":\"anthropic/claude-opus-4.7\"";
        assertThat(called("{" + model + ",\"prompt\":\"Hello\"}").body().has("temperature")).isFalse();
        assertThat(called("{" + model + ",\"prompt\":\"Hello\",\"temperature\":0.4}").body().get("temperature").decimalValue())
                .isEqualByComparingTo("0.4");
    }

    @Test
    void aModelThatMustThinkGetsRoomForItsThoughts() {
        JsonNode body = called("{\"model\":\"google/gemini-2.5-pro\",\"prompt\":\"Hello\",\"task\":\"chat\"}").body();
        assertThat(body.get("max_tokens").asInt()).isEqualTo(600 + 2048);
    }
}
