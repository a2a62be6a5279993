package io.promptroutes.cli;

import static io.promptroutes.cli.Reply.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A model that keeps failing is left out for a while, as long as others are left. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class CircuitBreakerTest {

    private static final String M = "openai/gpt-4.1-mini";
    private static final String A = "google/gemini-2.5-flash-lite";
    private static final String B = "mistralai/mistral-small-2603";
    private static final String F = "openrouter/free";
    private static final String LINE = "{\"prompt\":\"Hello\",\"model\":\"" + M + "\"}";
    private static final Reply DOWN = error(502, "down");

    private ScriptedServer server;
    private RoutesUnderTest routes;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        start("20s", "10m");
    }

    /** Short times are for tests that wait for their end: a machine with much to do may be slow. */
    private void start(String timeout, String open) {
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of("breaker.enabled", "on", "breaker.calls", "4", "breaker.open", open,
                "openrouter.timeout", timeout));
    }

    private void startAgain(String timeout, String open) {
        routes.close();
        start(timeout, open);
    }

    @AfterEach
    void stop() throws IOException {
        routes.close();
        server.close();
    }

    @Test
    void anOpenOneIsPassedOverAndTheResultSaysSo() {
        open();
        server.script();
        JsonNode result = routes.ask(LINE);
        assertThat(server.modelsCalled()).containsExactly(A);
        assertThat(result.path("model_requested").asText()).isEqualTo(M);
        assertThat(result.at("/fallback/level").asInt()).isEqualTo(1);
        assertThat(result.at("/fallback/reason").asText()).isEqualTo("circuit_breaker");
        assertThat(result.at("/routing/rejected/0").asText()).startsWith(M + ": fails too often");
    }

    @Test
    void whereNothingElseIsLeftItIsTried() {
        open();
        server.script(times(6, DOWN));
        JsonNode result = routes.ask(LINE);
        assertThat(server.modelsCalled()).containsExactly(A, A, B, B, F, F, M);
        assertThat(result.path("status").asText()).isEqualTo("success");
        assertThat(result.at("/fallback/level").asInt(-1)).as("the model that was asked for has answered").isZero();
        assertThat(result.at("/fallback/attempts")).hasSize(6);
    }

    @Test
    void afterAWhileItIsTriedAgainAndCloses() {
        startAgain("20s", "1s");
        open();
        await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(100)).until(() -> {
            server.script();
            routes.ask(LINE);
            return server.modelsCalled().contains(M);
        });
        server.script();
        routes.ask(LINE);
        assertThat(server.modelsCalled()).containsExactly(M);
        assertThat(routes.breakers().states()).containsEntry(M, "closed");
    }

    @Test
    void oneThatStillFailsIsOpenAgain() {
        startAgain("20s", "1s");
        open();
        await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(100)).until(() -> {
            server.script(DOWN, DOWN);
            routes.ask(LINE);
            return server.modelsCalled().contains(M);
        });
        assertThat(routes.breakers().states()).containsEntry(M, "open");
    }

    @Test
    void whatTheRequestTheAccountOrALimitIsAtFaultForOpensNothing() {
        for (Reply reply : new Reply[] {error(400, "no"), error(429, "slow", "Retry-After", "30"), error(404, "No endpoints found that support tool use.")}) {
            for (int i = 0; i < 5; i++) {
                server.script(reply);
                routes.ask(LINE);
            }
        }
        server.script();
        routes.ask(LINE);
        assertThat(server.modelsCalled()).containsExactly(M);
        assertThat(routes.breakers().states()).isEmpty();
    }

    @Test
    void timeoutsAndBrokenConnectionsAndNoAnswersCount() {
        startAgain("700ms", "10m");
        server.script(Reply.silence());
        routes.ask(LINE);
        server.script(Reply.reset());
        routes.ask(LINE);
        server.script(Reply.json(200, "{\"choices\":[]}"), Reply.json(200, ""));
        routes.ask(LINE);
        assertThat(routes.breakers().states()).containsEntry(M, "open");
    }

    @Test
    void anOpenRouterThatCannotBeReachedPausesEverythingAndOpensNothing() throws IOException {
        int port = server.port();
        server.close();
        String id = routes.send(LINE);
        await().atMost(Duration.ofSeconds(10)).until(() -> routes.intake().reason() != null);
        server = new ScriptedServer(port);
        assertThat(routes.outcome(id).path("status").asText()).isEqualTo("success");
        assertThat(routes.breakers().states()).isEmpty();
    }

    private void open() {
        for (int i = 0; i < 2; i++) {
            server.script(DOWN, DOWN);
            routes.ask(LINE);
            assertThat(server.modelsCalled()).containsExactly(M, M, A);
        }
        assertThat(routes.breakers().states()).containsEntry(M, "open");
    }

    private static Reply[] times(int times, Reply reply) {
        return Stream.generate(() -> reply).limit(times).toArray(Reply[]::new);
    }
}
