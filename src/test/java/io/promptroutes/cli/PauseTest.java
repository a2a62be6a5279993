package io.promptroutes.cli;

import static io.promptroutes.cli.Reply.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Failures that are no prompt's fault: the prompt is put back, nothing is a dead letter, and it goes on when the cause is gone. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class PauseTest {

    private static final String ASK_M = "{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}";
    private static final Reply NO_CREDIT = error(402, "Insufficient credits");
    private static final Reply NO_KEY = error(401, "User not found.");

    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    @Test
    void aKeyThatIsRefusedAtTheFirstCallStopsEverything() throws InterruptedException {
        server.scriptThen(NO_KEY);
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1"))) {
            routes.send(ASK_M);
            routes.window().awaitFinished();
            assertThat(routes.intake().stopped()).isTrue();
            assertThat(routes.intake().reason()).contains("User not found.", "OPENROUTER_API_KEY").doesNotContain(RoutesUnderTest.KEY);
            assertThat(server.calls()).hasSize(1);
            assertThat(routes.deadLetters()).isEmpty();
            assertThat(routes.results()).isEmpty();
            assertThat(routes.costs()).isEmpty();
        }
    }

    @Test
    void aKeyThatIsRefusedAfterASuccessGetsOneMoreLook() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            routes.ask(ASK_M);
            server.script(NO_KEY);
            JsonNode result = routes.ask(ASK_M);
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(server.modelsCalled()).containsExactly("openai/gpt-4.1-mini", "openai/gpt-4.1-mini");
            assertThat(result.at("/fallback/level").asInt()).isZero();
            assertThat(routes.intake().stopped()).isFalse();
            assertThat(routes.intake().reason()).isNull();
        }
    }

    @Test
    void aKeyThatIsRefusedAgainAfterTheLookStopsEverything() throws InterruptedException {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1"))) {
            routes.ask(ASK_M);
            server.scriptThen(NO_KEY);
            routes.send(ASK_M);
            await().atMost(Duration.ofSeconds(10)).until(() -> routes.intake().stopped());
            routes.window().awaitFinished();
            assertThat(server.calls()).hasSize(2);
            assertThat(routes.deadLetters()).isEmpty();
        }
    }

    @Test
    void noCreditEvenForFreeModelsPausesUntilThereIsSome() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            server.script(NO_CREDIT, NO_CREDIT, NO_CREDIT);
            String id = routes.send("{\"prompt\":\"Hello\",\"budget\":\"free\"}");
            await().atMost(Duration.ofSeconds(5)).until(() -> routes.intake().reason() != null);
            assertThat(routes.intake().reason()).contains("credit");
            JsonNode result = routes.outcome(id);
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(server.modelsCalled()).as("the free model alone, again and again, until it is served")
                    .containsExactly("openrouter/free", "openrouter/free", "openrouter/free", "openrouter/free");
            assertThat(routes.deadLetters()).isEmpty();
            assertThat(routes.intake().reason()).isNull();

            server.script(NO_CREDIT);
            routes.ask("{\"prompt\":\"Hello again\",\"budget\":\"free\"}");
            assertThat(server.modelsCalled()).as("paused for the same reason once more").hasSize(2);
            await().untilAsserted(() -> assertThat(routes.alerts()).as("told once").extracting(alert -> alert.at("/data/kind").asText()).containsExactly("paused"));
        }
    }

    @Test
    void noCreditForPaidModelsIsAnAlertOnce() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("prompts.concurrency", "1"))) {
            server.script(NO_CREDIT, Reply.answer("\"usage\":{\"total_tokens\":3,\"cost\":0}"), NO_CREDIT);
            assertThat(routes.ask(ASK_M).at("/fallback/reason").asText()).isEqualTo("insufficient_credit");
            assertThat(routes.ask(ASK_M).path("status").asText()).isEqualTo("success");
            await().untilAsserted(() -> assertThat(routes.alerts()).hasSize(1));
            assertThat(routes.alerts().get(0).at("/data/kind").asText()).isEqualTo("credit");
            assertThat(routes.alerts().get(0).at("/data/figure_of").asText()).isEqualTo("HTTP 402");
        }
    }

    @Test
    void whatIsPutBackStartsAgainWithItsFirstModel() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            server.script(NO_CREDIT, NO_CREDIT);
            JsonNode result = routes.ask(ASK_M);
            assertThat(server.modelsCalled()).containsExactly("openai/gpt-4.1-mini", "openrouter/free", "openai/gpt-4.1-mini");
            assertThat(result.at("/model_used").asText()).isEqualTo("openai/gpt-4.1-mini");
            assertThat(result.at("/fallback/level").asInt()).isZero();
        }
    }

    @Test
    void nothingElseIsCalledDuringAPause() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("pause.first-look", "1500ms"))) {
            server.script(NO_CREDIT);
            String first = routes.send("{\"prompt\":\"Hello\",\"budget\":\"free\"}");
            await().atMost(Duration.ofSeconds(5)).until(() -> routes.intake().reason() != null);
            await().atMost(Duration.ofSeconds(5)).until(() -> routes.waiting().equals(Map.of("paused", 1L)));
            routes.outcome(first);
            assertThat(routes.waiting()).isEmpty();
            assertThat(server.calls()).hasSize(2);
            assertThat(Duration.ofNanos(server.calls().get(1).nanos() - server.calls().get(0).nanos())).isGreaterThan(Duration.ofMillis(1500));
        }
    }

    @Test
    void aBlockedAccountPauses() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            server.script(error(403, "Workspace budget exhausted"));
            JsonNode result = routes.ask(ASK_M);
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(server.calls()).hasSize(2);
            assertThat(routes.deadLetters()).isEmpty();
        }
    }

    @Test
    void whereFreeModelsMustNotStepInNoCreditPausesAtOnce() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("fallback.free", "off"))) {
            server.script(NO_CREDIT);
            JsonNode result = routes.ask(ASK_M);
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(server.modelsCalled()).containsExactly("openai/gpt-4.1-mini", "openai/gpt-4.1-mini");
        }
    }

    @Test
    void anUnreachableServiceIsWaitedFor() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (RoutesUnderTest routes = RoutesUnderTest.start("http://127.0.0.1:" + port + "/api/v1", Map.of())) {
            String id = routes.send(ASK_M);
            await().atMost(Duration.ofSeconds(10)).until(() -> routes.intake().reason() != null);
            assertThat(routes.deadLetters()).isEmpty();
            try (ScriptedServer back = new ScriptedServer(port)) {
                JsonNode result = routes.outcome(id);
                assertThat(result.path("status").asText()).isEqualTo("success");
                assertThat(back.modelsCalled()).containsExactly("openai/gpt-4.1-mini");
                assertThat(routes.costsOf(result)).as("nothing was sent before").hasSize(1);
            }
        }
    }

    @Test
    void aServiceThatGoesInTheMiddleOfACallIsWaitedForToo() throws IOException {
        int port = server.port();
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("retry.backoff", "300ms"))) {
            server.scriptThen(Reply.reset());
            String id = routes.send(ASK_M);
            await().atMost(Duration.ofSeconds(10)).until(() -> !server.calls().isEmpty());
            server.close();
            await().atMost(Duration.ofSeconds(10)).until(() -> routes.intake().reason() != null);
            assertThat(routes.deadLetters()).isEmpty();
            try (ScriptedServer back = new ScriptedServer(port)) {
                assertThat(routes.outcome(id).path("status").asText()).isEqualTo("success");
                assertThat(back.calls()).hasSize(1);
            }
        }
    }

    @Test
    void aJobGivesUpAfterTheLongestPause() throws InterruptedException {
        server.scriptThen(NO_CREDIT);
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("pause.max", "1s"))) {
            routes.send(ASK_M);
            await().atMost(Duration.ofSeconds(15)).until(() -> routes.intake().stopped());
            routes.window().awaitFinished();
            assertThat(routes.deadLetters()).isEmpty();
            assertThat(routes.results()).isEmpty();
        }
    }

    @Test
    void aPromptsDeadlineStandsStillDuringAPause() {
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(),
                Map.of("prompts.deadline", "3s", "pause.first-look", "4s", "prompts.concurrency", "2"))) {
            // the first prompt's clock runs already, and its turn comes again in the middle of the pause that the second one causes
            server.script(Reply.after(Duration.ofMillis(400), error(429, "slow", "Retry-After", "30")), NO_CREDIT);
            String first = routes.send(ASK_M);
            await().until(() -> server.calls().size() == 1);
            String second = routes.send("{\"prompt\":\"Hello\",\"budget\":\"free\"}");
            await().atMost(Duration.ofSeconds(5)).until(() -> routes.intake().reason() != null);
            assertThat(routes.outcome(first).path("status").asText()).isEqualTo("success");
            assertThat(routes.outcome(second).path("status").asText()).isEqualTo("success");
        }
    }
}
