package io.promptroutes.cli;

import static io.promptroutes.cli.Reply.error;
import static io.promptroutes.cli.Reply.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One prompt of many is refused by every model as if the account were at fault: it fails alone, and the others are answered. */
@Timeout(90)
@Execution(ExecutionMode.CONCURRENT)
class PoisonedPromptTest {

    private static final int GOOD = 20;
    private static final Reply TOO_LONG = error(402,
            "Prompt tokens limit exceeded: 64128 > 6964. To increase, visit https://openrouter.ai/settings/credits");
    private static final Reply NESTED = json(402, """
            {"error":{"error":{"message":"More credits are required to run this request. 128000 token capacity required, 2484 available.",\
            "code":402},"code":402}}""");
    private static final Reply UNCLEAR = error(402, "Payment required");
    private static final Reply BLOCKED = error(403, "Budget exhausted");
    private static final Reply KEY = error(401, "No auth credentials found");

    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    static Stream<Arguments> poisons() {
        List<Arguments> all = new ArrayList<>();
        for (int concurrency : new int[] {1, 64}) {
            for (int place : new int[] {0, 7, GOOD}) {
                all.add(Arguments.of("a prompt too long", TOO_LONG, "request_unaffordable", place, concurrency));
                all.add(Arguments.of("a cap too high, nested", NESTED, "max_tokens_unaffordable", place, concurrency));
            }
            for (int place : new int[] {0, 7}) { // behind all others nobody is left who could prove that the account pays
                all.add(Arguments.of("no reason", UNCLEAR, "insufficient_credit", place, concurrency));
                all.add(Arguments.of("a budget", BLOCKED, "account_blocked", place, concurrency));
            }
        }
        all.add(Arguments.of("the key", KEY, "key_refused", 7, 1)); // one that has never worked stops a job
        return all.stream();
    }

    @ParameterizedTest(name = "{0}, at {3}, {4} at once")
    @MethodSource("poisons")
    void failsAlone(String what, Reply poison, String code, int place, int concurrency) {
        server.when(call -> call.body().toString().contains("poison"), poison);
        server.scriptThen(Reply.after(Duration.ofMillis(40), Reply.answer()));
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(),
                Map.of("prompts.concurrency", String.valueOf(concurrency), "pause.first-look", "2s"))) {
            List<String> ids = new ArrayList<>();
            String bad = null;
            for (int i = 0; i <= GOOD; i++) {
                String id = routes.send("{\"prompt\":\"" + (i == place ? "poison" : "Hello " + i) + "\",\"model\":\"openai/gpt-4.1-mini\"}");
                if (i == place) {
                    bad = id;
                } else {
                    ids.add(id);
                }
            }
            if (!code.endsWith("unaffordable")) { // of those that began before it nobody can tell who was judged first
                await().until(() -> server.calls().stream().anyMatch(call -> call.body().toString().contains("poison")));
                ids.add(routes.send("{\"prompt\":\"later\",\"model\":\"openai/gpt-4.1-mini\"}"));
            }
            assertThat(ids).allSatisfy(id -> assertThat(routes.outcome(id).path("status").asText()).isEqualTo("success"));
            JsonNode dead = routes.outcome(bad);
            assertThat(dead.at("/error/code").asText()).as("%s", dead).isEqualTo(code);
            assertThat(dead.at("/error/retryable").asBoolean()).isTrue();
            assertThat(routes.deadLetters()).hasSize(1);
            assertThat(routes.intake().reason()).isNull();
            assertThat(routes.intake().stopped()).isFalse();
            if (code.endsWith("unaffordable")) {
                assertThat(routes.alerts()).as("nothing waited").noneMatch(alert -> alert.at("/data/kind").asText().equals("paused"));
            }
        }
    }

    static Stream<Arguments> refusals() {
        return Stream.of(Arguments.of("Payment required", UNCLEAR), Arguments.of("Budget exhausted", BLOCKED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void whatIsPaidForBeforeAndAfterKeepsARefusalFromHoldingUpOthers(String words, Reply refusal) {
        server.when(call -> call.body().toString().contains("poison"), refusal);
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1", "pause.first-look", "60s"))) {
            routes.ask("{\"prompt\":\"before\",\"model\":\"openai/gpt-4.1-mini\"}");
            String bad = routes.send("{\"prompt\":\"poison\",\"model\":\"openai/gpt-4.1-mini\"}");
            await().until(() -> server.calls().stream().anyMatch(call -> call.body().toString().contains("poison")));
            assertThat(routes.ask("{\"prompt\":\"after\",\"model\":\"openai/gpt-4.1-mini\"}").path("status").asText()).isEqualTo("success");
            assertThat(routes.outcome(bad).at("/error/message").asText()).contains("other prompts are paid for", words);
            assertThat(routes.alerts()).as("nothing waited").noneMatch(alert -> alert.at("/data/kind").asText().equals("paused"));
        }
    }

    @Test
    void whereNobodyIsPaidForAnyMoreEverythingWaits() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1"))) {
            routes.ask("{\"prompt\":\"before\",\"model\":\"openai/gpt-4.1-mini\"}");
            server.script(Stream.generate(() -> UNCLEAR).limit(12).toArray(Reply[]::new));
            List<String> ids = Stream.of("1", "2", "3").map(n -> routes.send("{\"prompt\":\"" + n + "\",\"model\":\"openai/gpt-4.1-mini\"}")).toList();
            ids.forEach(id -> assertThat(routes.outcome(id).path("status").asText()).isEqualTo("success"));
            assertThat(routes.deadLetters()).isEmpty();
            await().untilAsserted(() -> assertThat(routes.alerts()).anyMatch(alert -> alert.at("/data/kind").asText().equals("paused")));
        }
    }
}
