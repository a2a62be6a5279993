package io.promptroutes.cli;

import static io.promptroutes.cli.Reply.answer;
import static io.promptroutes.cli.Reply.error;
import static io.promptroutes.cli.Reply.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What calls cost, in the result and in an event for each call that was or may have been billed. */
class CostTest {

    private static final AtomicInteger IDS = new AtomicInteger();

    private static ScriptedServer server;
    private static RoutesUnderTest routes;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of("openrouter.timeout", "800ms"));
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        server.close();
    }

    private static JsonNode ask(String model, Reply... replies) {
        server.script(replies);
        return routes.ask("{\"id\":\"cost-%d\",\"prompt\":\"Hello\",\"model\":\"%s\"}".formatted(IDS.incrementAndGet(), model));
    }

    private static JsonNode ask(Reply... replies) {
        return ask("openai/gpt-4.1-mini", replies);
    }

    static Stream<Arguments> answers() {
        String tokens = "\"prompt_tokens\":1000,\"completion_tokens\":500,\"total_tokens\":1500";
        return Stream.of(
                Arguments.of("reported", "openai/gpt-4.1-mini", "{" + tokens + ",\"cost\":0.0077}", "0.0077", "reported"),
                Arguments.of("reported as nothing", "openai/gpt-4.1-mini", "{" + tokens + ",\"cost\":0}", "0", "reported"),
                Arguments.of("reported with 18 digits", "openai/gpt-4.1-mini", "{" + tokens + ",\"cost\":1.23456789012345678e-3}",
                        "0.001234567890123457", "reported"),
                Arguments.of("own key at the provider: fee and the provider's part", "openai/gpt-4.1-mini",
                        "{" + tokens + ",\"cost\":0.0001,\"is_byok\":true,\"cost_details\":{\"upstream_inference_cost\":0.002}}", "0.0021",
                        "reported"),
                Arguments.of("the provider's part is in the cost already without an own key", "openai/gpt-4.1-mini",
                        "{" + tokens + ",\"cost\":0.002,\"is_byok\":false,\"cost_details\":{\"upstream_inference_cost\":0.002}}", "0.002",
                        "reported"),
                Arguments.of("tokens without a cost: 1000 x 0.40 and 500 x 1.60 a million", "openai/gpt-4.1-mini", "{" + tokens + "}", "0.0012",
                        "priced"),
                Arguments.of("a negative cost is none", "openai/gpt-4.1-mini", "{" + tokens + ",\"cost\":-1}", "0.0012", "priced"),
                Arguments.of("a model of the price table: 1500 x 0.25 a million", "mistralai/mistral-7b-instruct", "{" + tokens + "}", "0.000375",
                        "priced"),
                Arguments.of("a free model", "google/gemma-4-26b-a4b-it:free", "{" + tokens + "}", "0", "priced"),
                Arguments.of("a model nobody knows: 1500 x 1.00 a million", "nobody/knows", "{" + tokens + "}", "0.0015", "estimated"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void anAnswerCostsWhatIsKnownBest(String what, String model, String usage, String usd, String source) {
        JsonNode result = ask(model, answer("\"usage\":" + usage));
        assertThat(result.at("/cost_usd").decimalValue()).isEqualByComparingTo(usd);
        assertThat(result.at("/cost_source").asText()).isEqualTo(source);
        List<JsonNode> events = routes.costsOf(result);
        assertThat(events).hasSize(1);
        assertThat(events.get(0).at("/data/cost_usd").decimalValue()).isEqualByComparingTo(usd);
        assertThat(events.get(0).at("/data/cost_source").asText()).isEqualTo(source);
        assertThat(events.get(0).at("/data/prompt_tokens").asInt()).isEqualTo(1000);
        assertThat(events.get(0).at("/data/completion_tokens").asInt()).isEqualTo(500);
    }

    /** Of a call of about 160 bytes and 600 tokens at 0.40 and 1.60 a million, so at most some 0.00102. */
    static Stream<Arguments> unbelievable() {
        String tokens = "\"prompt_tokens\":12,\"completion_tokens\":60";
        String none = "\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0";
        return Stream.of(
                Arguments.of("a cost that the call cannot have", "{" + tokens + ",\"cost\":999999}", "Good.", false),
                Arguments.of("one that no call has", "{" + tokens + ",\"cost\":5000000}", "Good.", false),
                Arguments.of("more tokens than there are, some of them cached", "{\"prompt_tokens\":2e18,\"completion_tokens\":60,\"prompt_tokens_details\":{\"cached_tokens\":5}}",
                        "Good.", false),
                Arguments.of("a little more than ten times what it can", "{" + tokens + ",\"cost\":0.0115}", "Good.", false),
                Arguments.of("a little less", "{" + tokens + ",\"cost\":0.0095}", "Good.", true),
                Arguments.of("the caller's own key", "{" + tokens + ",\"is_byok\":true,\"cost\":0,\"cost_details\":{\"upstream_inference_cost\":0.5}}", "Good.",
                        true),
                Arguments.of("server tools", "{" + tokens + ",\"cost\":0.5,\"server_tool_use_details\":{\"web_search_requests\":3}}", "Good.", true),
                Arguments.of("a cache", "{" + tokens + ",\"cost\":0.5,\"prompt_tokens_details\":{\"cache_write_tokens\":9}}", "Good.", true),
                Arguments.of("more tokens than there are, without a cost", "{\"prompt_tokens\":2e18,\"completion_tokens\":60}", "Good.", false),
                Arguments.of("the same in the answer", "{\"prompt_tokens\":12,\"completion_tokens\":2000000000000000000}", "Good.", false),
                Arguments.of("nothing at all beside 300 characters", "{" + none + ",\"cost\":0}", "word ".repeat(60), false),
                Arguments.of("nothing beside a word", "{" + none + "}", "Good.", false),
                Arguments.of("nothing beside thoughts alone", "{" + none + "}", "", false),
                Arguments.of("a token beside 300 characters", "{\"prompt_tokens\":12,\"completion_tokens\":1,\"cost\":0}", "word ".repeat(60), false),
                Arguments.of("no tokens of the prompt", "{\"prompt_tokens\":0,\"completion_tokens\":5}", "Good.", false),
                Arguments.of("a cost of nothing for tokens", "{" + tokens + ",\"cost\":0}", "Good.", true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unbelievable")
    void whatCannotBeIsCountedHere(String what, String usage, String text, boolean believed) {
        String thoughts = text.isEmpty() ? ",\"reasoning\":\"" + "thought ".repeat(60) + "\"" : "";
        JsonNode result = ask(Reply.choice("{\"finish_reason\":\"length\",\"message\":{\"content\":\"" + text + "\"" + thoughts + "}}", "\"usage\":" + usage));
        JsonNode data = routes.costsOf(result).get(0).path("data");

        assertThat(result.path("cost_source").asText()).isEqualTo(believed ? "reported" : "estimated");
        assertThat(data.has("reported")).isEqualTo(!believed);
        if (!believed) {
            assertThat(result.path("cost_usd").decimalValue()).isBetween(new BigDecimal("0.000003"), new BigDecimal("0.0003"));
            assertThat(data.path("prompt_tokens").asInt()).as("its own count").isBetween(2, 20).isEqualTo(result.at("/usage/prompt_tokens").asInt());
            assertThat(data.path("completion_tokens").asInt()).isBetween(2, 80);
            JsonNode told = read(usage);
            assertThat(data.at("/reported/prompt_tokens").decimalValue()).isEqualByComparingTo(told.path("prompt_tokens").decimalValue());
            assertThat(data.at("/reported/cost_usd").decimalValue()).isEqualByComparingTo(told.path("cost").decimalValue());
        }
    }

    private static JsonNode read(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void soundAndCachesHaveTheirPrices() {
        String model = "google/gemini-2.5-flash";
        // 400 of text x 0.30, 600 of sound x 1.00, 100 x 2.50, each a million
        assertThat(ask(model, answer("\"usage\":{\"input_tokens\":1000,\"output_tokens\":100,\"input_tokens_details\":{\"audio_tokens\":600}}"))
                .path("cost_usd").decimalValue()).isEqualByComparingTo("0.00097");
        // 100 x 0.30, 900 out of the cache x 0.03, 100 x 2.50
        assertThat(ask(model, answer("\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":100,\"prompt_cache_hit_tokens\":900,\"prompt_cache_miss_tokens\":100}"))
                .path("cost_usd").decimalValue()).isEqualByComparingTo("0.000307");
    }

    @Test
    void answersOfOneNameLoseNoEvent() {
        Reply same = json(200, """
                {"id":"chatcmpl-42","choices":[{"finish_reason":"stop","message":{"content":"Good."}}],"usage":{"prompt_tokens":9,"completion_tokens":2,"cost":0.0009}}""");
        server.scriptThen(same);
        Stream.of(1, 2, 3).map(n -> routes.ask("{\"id\":\"named-alike-" + n + "\",\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}")).forEach(result ->
                assertThat(result.path("generation_id").asText()).isEqualTo("chatcmpl-42"));

        List<JsonNode> events = routes.costs().stream().filter(event -> event.path("subject").asText().startsWith("named-alike")).toList();
        assertThat(events).extracting(event -> event.path("id").asText()).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void withoutUsageTokensAreCountedHere() {
        JsonNode result = ask(answer("\"object\":\"chat.completion\""));
        assertThat(result.path("cost_source").asText()).isEqualTo("estimated");
        // some 10 tokens in and 2 out at 0.40 and 1.60 a million
        assertThat(result.path("cost_usd").decimalValue()).isBetween(new BigDecimal("0.000003"), new BigDecimal("0.00003"));
        assertThat(result.path("usage").isNull()).isTrue();
    }

    @Test
    void anEmptyAnswerThatWasBilledIsAnAnswer() {
        JsonNode result = ask(Reply.choice("{\"finish_reason\":\"length\",\"message\":{\"role\":\"assistant\",\"content\":null}}",
                "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":600,\"total_tokens\":609,\"cost\":0.004}"));
        assertThat(result.path("status").asText()).isEqualTo("success");
        assertThat(result.path("text").asText()).isEmpty();
        assertThat(result.path("finish_reason").asText()).isEqualTo("length");
        assertThat(result.path("cost_usd").decimalValue()).isEqualByComparingTo("0.004");
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void aFailedCallThatWasBilledIsPartOfTheSum() {
        JsonNode result = ask(json(200, """
                {"id":"gen-thrown-away","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,"cost":0.005}}"""),
                answer("\"usage\":{\"total_tokens\":3,\"cost\":0.0025}"));
        assertThat(result.path("cost_usd").decimalValue()).isEqualByComparingTo("0.0075");
        assertThat(result.path("cost_source").asText()).isEqualTo("reported");
        assertThat(result.path("usage").path("total_tokens").asInt()).as("of the winning call").isEqualTo(3);
        List<JsonNode> events = routes.costsOf(result);
        assertThat(events).extracting(event -> event.at("/data/status").asText()).containsExactly("failed", "success");
        assertThat(events).extracting(event -> event.at("/data/attempt").asInt()).containsExactly(1, 2);
        assertThat(events.get(0).at("/data/generation_id").asText()).isEqualTo("gen-thrown-away");
        assertThat(events.get(0).at("/data/completion_tokens").asInt()).isEqualTo(7);
        assertThat(result.has("calls_of_unknown_cost")).isFalse();
    }

    @Test
    void aDeadLetterTellsWhatItsCallsCost() {
        Reply billed = json(400, "{\"error\":{\"code\":400,\"message\":\"no\"},\"usage\":{\"completion_tokens\":7,\"cost\":0.005}}");
        JsonNode dead = ask(billed);
        assertThat(dead.path("status").asText()).isEqualTo("failed");
        assertThat(dead.path("cost_usd").decimalValue()).isEqualByComparingTo("0.005");
        assertThat(routes.costsOf(dead)).hasSize(1);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("429", error(429, "slow"), 0, null),
                Arguments.of("500", error(500, "down"), 0, null),
                Arguments.of("502", error(502, "down"), 0, null),
                Arguments.of("503", error(503, "down"), 0, null),
                Arguments.of("529", error(529, "down"), 0, null),
                Arguments.of("404", error(404, "No endpoints found that support tool use."), 0, null),
                Arguments.of("402", error(402, "You requested up to 600 tokens, but can only afford 77."), 0, null),
                Arguments.of("an error in a 200", json(200, "{\"error\":{\"code\":502,\"message\":\"x\"}}"), 0, null),
                Arguments.of("408", error(408, "slow"), 1, null),
                Arguments.of("504", error(504, "slow", "X-Generation-Id", "gen-504"), 1, "gen-504"),
                Arguments.of("524", Reply.html(524, "<html></html>"), 1, null),
                Arguments.of("our own timeout", Reply.silence(), 1, null),
                Arguments.of("our own timeout after headers", Reply.dribble(Duration.ofMillis(50)), 1, "gen-of-dribble"),
                Arguments.of("a reset after sending", Reply.reset(), 1, null),
                Arguments.of("the end of the connection in the body", Reply.half(), 1, "gen-of-half"),
                Arguments.of("cut JSON", json(200, "{\"id\":\"gen-1\",\"cho", "X-Generation-Id", "gen-of-cut"), 1, "gen-of-cut"));
    }

    @ParameterizedTest(name = "{0}: {2} unknown")
    @MethodSource("failures")
    void aCallThatMayHaveBeenBilledIsAnEventOfUnknownCost(String what, Reply failure, int unknown, String generation) {
        JsonNode result = ask(failure);
        assertThat(result.path("status").asText()).as("%s", result).isEqualTo("success");
        assertThat(server.calls()).hasSize(2);
        assertThat(result.path("cost_usd").decimalValue()).isEqualByComparingTo(Reply.COST);
        assertThat(result.path("calls_of_unknown_cost").asInt()).isEqualTo(unknown);
        List<JsonNode> events = routes.costsOf(result);
        assertThat(events).hasSize(unknown + 1);
        if (unknown == 1) {
            JsonNode event = events.get(0);
            assertThat(event.at("/data/status").asText()).isEqualTo("unknown");
            assertThat(event.at("/data/cost_usd").isNull()).isTrue();
            assertThat(event.at("/data/cost_source").isNull()).isTrue();
            assertThat(event.at("/data/generation_id").asText(null)).isEqualTo(generation);
            assertThat(UUID.fromString(event.path("id").asText())).hasToString(event.path("id").asText());
            assertThat(event.at("/data/model_requested").asText()).isEqualTo("openai/gpt-4.1-mini");
        }
    }

    @Test
    void anEventIsACloudEventWithEverythingAboutTheCall() {
        server.script(json(200, """
                {"id":"gen-7","model":"openai/gpt-4.1-mini-2025-04-14","provider":"Azure",
                "choices":[{"finish_reason":"stop","message":{"content":"Good."}}],
                "usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30,"cost":0.00125,
                "prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":6}}}"""));
        JsonNode result = routes.ask("""
                {"id":"event-1","prompt":"Hello","model":"openai/gpt-4.1-mini","task":"chat","budget":"premium","tenant":"acme","metadata":{"a":[1]}}""");
        assertThat(result.at("/fallback/level").asInt()).as("a dated slug is no fallback").isZero();
        assertThat(result.at("/model_used").asText()).isEqualTo("openai/gpt-4.1-mini-2025-04-14");
        JsonNode event = routes.costsOf(result).get(0);
        assertThat(event.properties()).extracting(Map.Entry::getKey).containsExactlyInAnyOrder("specversion", "id", "source", "type", "subject",
                "time", "datacontenttype", "data");
        assertThat(event.path("specversion").asText()).isEqualTo("1.0");
        assertThat(UUID.fromString(event.path("id").asText())).hasToString(event.path("id").asText());
        assertThat(event.path("type").asText()).isEqualTo("promptroutes.cost.v1");
        assertThat(event.path("source").asText()).isNotBlank();
        assertThat(event.path("subject").asText()).isEqualTo("event-1");
        assertThat(event.path("datacontenttype").asText()).isEqualTo("application/json");
        assertThat(Instant.parse(event.path("time").asText())).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
        JsonNode data = event.path("data");
        assertThat(data.path("latency_ms").asLong(-1)).isBetween(0L, 5000L);
        assertThat(data.properties().stream().filter(field -> !field.getKey().equals("latency_ms"))
                .map(field -> field.getKey() + "=" + field.getValue())).containsExactlyInAnyOrder(
                "prompt_id=\"event-1\"", "attempt=1", "model_requested=\"openai/gpt-4.1-mini\"",
                "model_used=\"openai/gpt-4.1-mini-2025-04-14\"", "provider=\"Azure\"", "generation_id=\"gen-7\"", "task=\"chat\"",
                "strategy=\"explicit\"", "budget=\"premium\"", "tenant=\"acme\"", "prompt_tokens=10", "completion_tokens=20",
                "reasoning_tokens=6", "cached_tokens=4", "cost_usd=0.00125", "cost_source=\"reported\"", "status=\"success\"",
                "metadata={\"a\":[1]}");
        assertThat(result.path("tenant").asText()).isEqualTo("acme");
        assertThat(result.path("metadata")).isEqualTo(data.path("metadata"));
    }
}
