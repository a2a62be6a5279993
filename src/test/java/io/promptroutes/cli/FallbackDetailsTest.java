package io.promptroutes.cli;

import static io.promptroutes.cli.Reply.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Of the fallback table: how long is waited, what a retry sends, and what one prompt's failure means for the next. */
class FallbackDetailsTest {

    private static final String ASK_M = "{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}";

    private static ScriptedServer server;
    private static RoutesUnderTest routes;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of("retry.max-wait", "2s"));
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        server.close();
    }

    private static Duration gap(int from) {
        List<ScriptedServer.Call> calls = server.calls();
        return Duration.ofNanos(calls.get(from + 1).nanos() - calls.get(from).nanos());
    }

    @Test
    void retryAfterInSecondsIsWaitedFor() {
        server.script(error(429, "slow down", "Retry-After", "1"));
        String id = routes.send(ASK_M);
        await().atMost(Duration.ofSeconds(5)).until(() -> routes.waiting().equals(Map.of("rate_limited", 1L)));
        JsonNode result = routes.outcome(id);
        assertThat(routes.waiting()).isEmpty();
        assertThat(server.modelsCalled()).containsExactly("openai/gpt-4.1-mini", "openai/gpt-4.1-mini");
        assertThat(gap(0)).isBetween(Duration.ofMillis(1000), Duration.ofMillis(2500));
        assertThat(result.at("/fallback/attempts/0/wait_ms").asInt()).isEqualTo(1000);
        assertThat(result.at("/fallback/attempts/0/status").asInt()).isEqualTo(429);
    }

    @Test
    void retryAfterAsADateIsWaitedFor() {
        server.script(Reply.now(() -> error(429, "slow down", "Retry-After",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().plusSeconds(2).atZone(ZoneOffset.UTC)))));
        routes.ask(ASK_M);
        assertThat(server.modelsCalled()).containsExactly("openai/gpt-4.1-mini", "openai/gpt-4.1-mini");
        assertThat(gap(0)).isBetween(Duration.ofMillis(900), Duration.ofMillis(3500));
    }

    @Test
    void rateLimitResetInEpochMillisecondsIsWaitedFor() {
        server.script(Reply.now(() -> error(429, "slow down", "X-RateLimit-Reset", String.valueOf(Instant.now().plusMillis(700).toEpochMilli()))));
        routes.ask(ASK_M);
        assertThat(gap(0)).isBetween(Duration.ofMillis(600), Duration.ofMillis(2200));
    }

    @Test
    void waitsWithoutADirectionStaySmallAndGrow() {
        server.script(error(429, "slow"), error(429, "slow"));
        JsonNode result = routes.ask(ASK_M);
        assertThat(result.at("/fallback/attempts/0/wait_ms").asInt()).isBetween(5, 10);
        assertThat(result.at("/fallback/attempts/1/wait_ms").asInt()).isBetween(10, 20);
    }

    @Test
    void fourHundredAndTwoLowersTheCapOnTheWire() {
        server.script(error(402, "You requested up to 600 tokens, but can only afford 77."));
        JsonNode result = routes.ask("{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\",\"max_tokens\":600}");
        assertThat(server.calls()).extracting(call -> call.body().get("max_tokens").asInt()).containsExactly(600, 77);
        assertThat(result.path("status").asText()).isEqualTo("success");
    }

    @Test
    void theLoweredCapIsNotKeptForTheNextModel() {
        Reply afford = error(402, "You requested up to 600 tokens, but can only afford 77.");
        server.script(afford, afford);
        routes.ask("{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\",\"max_tokens\":600}");
        assertThat(server.calls()).extracting(call -> call.body().get("max_tokens").asInt()).containsExactly(600, 77, 600);
    }

    @Test
    void aModelThatIsGoneIsLeftOutForTheNextPromptAsWell() {
        String ask = "{\"prompt\":\"Hello\",\"model\":\"nobody/gone-1\"}";
        server.script(error(404, "No endpoints found for nobody/gone-1."));
        JsonNode first = routes.ask(ask);
        assertThat(server.modelsCalled()).containsExactly("nobody/gone-1", "google/gemini-2.5-flash-lite");
        assertThat(first.at("/fallback/level").asInt()).isEqualTo(1);
        assertThat(first.at("/fallback/reason").asText()).isEqualTo("model_gone");

        server.script();
        JsonNode second = routes.ask(ask);
        assertThat(server.modelsCalled()).containsExactly("google/gemini-2.5-flash-lite");
        assertThat(second.at("/model_requested").asText()).isEqualTo("nobody/gone-1");
        assertThat(second.at("/fallback/level").asInt()).as("who is asked for and not called has a substitute").isEqualTo(1);
        assertThat(second.at("/fallback/reason").asText()).isEqualTo("model_gone");
    }

    @Test
    void fourHundredForAnUnknownModelMeansThatItIsGoneToo() {
        server.script(error(400, "nobody/gone-2 is not a valid model ID"));
        JsonNode result = routes.ask("{\"prompt\":\"Hello\",\"model\":\"nobody/gone-2\"}");
        assertThat(result.at("/fallback/reason").asText()).isEqualTo("model_gone");
        assertThat(server.modelsCalled()).containsExactly("nobody/gone-2", "google/gemini-2.5-flash-lite");
    }

    @Test
    void anOwnTimeoutIsEndedOnTimeAndMayHaveBeenBilled() throws IOException {
        try (ScriptedServer slow = new ScriptedServer();
                RoutesUnderTest quick = RoutesUnderTest.start(slow.baseUrl(), Map.of("openrouter.timeout", "500ms"))) {
            slow.script(Reply.dribble(Duration.ofMillis(20)));
            JsonNode result = quick.ask(ASK_M);
            assertThat(slow.modelsCalled()).containsExactly("openai/gpt-4.1-mini", "google/gemini-2.5-flash-lite");
            assertThat(result.at("/fallback/attempts/0/latency_ms").asLong()).isBetween(490L, 2500L);
            assertThat(result.at("/calls_of_unknown_cost").asInt()).isEqualTo(1);
        }
    }

    @Test
    void everyModelGetsItsShareOfTheDeadline() throws IOException {
        try (ScriptedServer silent = new ScriptedServer();
                RoutesUnderTest quick = RoutesUnderTest.start(silent.baseUrl(), Map.of("prompts.deadline", "2s"))) {
            silent.scriptThen(Reply.silence());
            long before = System.nanoTime();
            JsonNode dead = quick.ask(ASK_M);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(6));
            assertThat(dead.at("/error/code").asText()).isEqualTo("timeout");
            assertThat(dead.at("/error/retryable").asBoolean()).isTrue();
            assertThat(silent.modelsCalled()).containsExactly("openai/gpt-4.1-mini", "google/gemini-2.5-flash-lite",
                    "mistralai/mistral-small-2603", "openrouter/free");
            assertThat(dead.path("attempts")).hasSize(4);
        }
    }

    @Test
    void theDailyCapOfFreeModelsParksThemAll() throws IOException {
        try (ScriptedServer capped = new ScriptedServer(); RoutesUnderTest free = RoutesUnderTest.start(capped.baseUrl(), Map.of())) {
            String reset = String.valueOf(Instant.now().plusSeconds(3600).toEpochMilli());
            capped.script(error(429, "Rate limit exceeded: free-models-per-day", "X-RateLimit-Reset", reset));
            JsonNode first = free.ask("{\"prompt\":\"Hello\",\"model\":\"google/gemma-4-26b-a4b-it:free\",\"allow_paid\":true}");
            assertThat(capped.modelsCalled()).containsExactly("google/gemma-4-26b-a4b-it:free", "google/gemini-2.5-flash-lite");
            assertThat(first.at("/fallback/reason").asText()).isEqualTo("free_limit");

            capped.script();
            free.ask("{\"prompt\":\"Hello\",\"model\":\"nvidia/nemotron-3-nano-30b-a3b:free\",\"allow_paid\":true}");
            assertThat(capped.modelsCalled()).as("another free model is not even asked").containsExactly("google/gemini-2.5-flash-lite");

            capped.script();
            JsonNode dead = free.ask("{\"prompt\":\"Hello\",\"budget\":\"free\"}");
            assertThat(capped.modelsCalled()).isEmpty();
            assertThat(dead.at("/error/code").asText()).isEqualTo("free_limit");
            assertThat(dead.at("/error/retryable").asBoolean()).isTrue();
        }
    }

    @Test
    void theDailyCapIsOverWhenTheResetHasCome() throws IOException {
        try (ScriptedServer capped = new ScriptedServer(); RoutesUnderTest free = RoutesUnderTest.start(capped.baseUrl(), Map.of())) {
            capped.script(Reply.now(() -> error(429, "Rate limit exceeded: free-models-per-day", "X-RateLimit-Reset",
                    String.valueOf(Instant.now().plusMillis(300).toEpochMilli()))), Reply.after(Duration.ofMillis(700), Reply.answer()));
            free.ask("{\"prompt\":\"Hello\",\"model\":\"google/gemma-4-26b-a4b-it:free\",\"allow_paid\":true}");
            capped.script();
            free.ask("{\"prompt\":\"Hello\",\"budget\":\"free\"}");
            assertThat(capped.modelsCalled()).containsExactly("openrouter/free");
        }
    }
}
