package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.ClaimRequest;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.ledger.Work;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.PlainSettings;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.Source;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls that may have been billed, of which OpenRouter has told its id: {@code GET /generation} says what they came to. */
@Timeout(60)
class UnknownCostsTest {

    private static final String LINE = "{\"id\":\"p\",\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}";
    private static final String BILLED = """
            {"data":{"id":"%s","model":"openai/gpt-4.1-mini","provider_name":"Script","total_cost":0.0125,"is_byok":false,
             "native_tokens_prompt":9,"native_tokens_completion":70,"latency":31000}}""";
    private static final Map<String, String> KEYS = Map.of("ledger.enabled", "on", "generations.every", "300ms");

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    @Test
    void aCallThatTimedOutIsAskedForUntilOpenRouterKnowsItsCost() {
        server.script(Reply.dribble(Duration.ofMillis(50)));
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger, Map.of("openrouter.timeout", "700ms"), false)) {
            JsonNode result = routes.ask(LINE);
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(generations(routes.costs())).containsExactly("gen-of-dribble", "gen-of-answer");
            assertThat(routes.costs().get(0).at("/data/cost_usd").isNull()).isTrue();
            assertThat(TestLedgers.total(ledger).uncertainUsd()).isPositive();

            server.document("/generation?id=gen-of-dribble", BILLED.formatted("gen-of-dribble"));
            await().atMost(Duration.ofSeconds(10)).until(() -> routes.costs().size() == 3);
            JsonNode event = routes.costs().get(2);
            assertThat(event.path("id").asText()).isEqualTo(routes.costs().get(0).path("id").asText() + "/looked-up");
            assertThat(event.path("subject").asText()).isEqualTo("p");
            assertThat(event.at("/data/cost_usd").decimalValue()).isEqualByComparingTo("0.0125");
            assertThat(event.at("/data/cost_source").asText()).isEqualTo("reported");
            assertThat(event.at("/data/completion_tokens").asInt()).isEqualTo(70);
            // booked after the event is published
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(TestLedgers.total(ledger).uncertainUsd()).isZero());
            assertThat(TestLedgers.total(ledger).costUsd()).isEqualByComparingTo(new BigDecimal(Reply.COST).add(new BigDecimal("0.0125")));
            assertThat(ledger.history().budgets()).allSatisfy(budget -> assertThat(budget.heldUsd()).as("%s", budget).isZero());
        }
    }

    @Test
    void aCallWhoseProcessDiedIsLookedUpBeforeItIsMadeAgain() {
        server.document("/generation?id=gen-lost", BILLED.formatted("gen-lost"));
        died();
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger, Map.of(), false)) {
            JsonNode result = routes.ask(LINE);
            assertThat(result.path("status").asText()).isEqualTo("success");
            assertThat(result.path("cost_usd").decimalValue()).as("both calls").isEqualByComparingTo(new BigDecimal(Reply.COST).add(new BigDecimal("0.0125")));
            assertThat(generations(routes.costs())).containsExactlyInAnyOrder("gen-lost", "gen-of-answer");
            assertThat(routes.costs()).extracting(event -> event.path("id").asText()).doesNotHaveDuplicates().anyMatch(id -> id.endsWith("/looked-up"));
            assertThat(TestLedgers.total(ledger).uncertainUsd()).isZero();
        }
    }

    @Test
    void withHoldOneThatWasBilledIsNotMadeAgain() {
        server.document("/generation?id=gen-lost", BILLED.formatted("gen-lost"));
        died();
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger, Map.of("ledger.ambiguous", "hold"), true)) {
            JsonNode letter = routes.ask(LINE);
            assertThat(letter.at("/error/code").asText()).isEqualTo("ambiguous");
            assertThat(letter.at("/error/message").asText()).contains("has billed 1 calls");
            assertThat(server.calls()).isEmpty();
        }
    }

    @Test
    void withHoldOneThatWasNotBilledIsMadeAgain() {
        server.document("/generation?id=gen-lost", BILLED.formatted("gen-lost").replace("0.0125", "0"));
        died();
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger, Map.of("ledger.ambiguous", "hold"), true)) {
            assertThat(routes.ask(LINE).path("status").asText()).isEqualTo("success");
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void oneThatOpenRouterDoesNotKnowIsLeftToThePolicy() {
        died();
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger, Map.of("ledger.ambiguous", "hold"), true)) {
            assertThat(routes.ask(LINE).at("/error/code").asText()).isEqualTo("ambiguous");
            assertThat(server.calls()).isEmpty();
        }
    }

    @Test
    void theIdIsInTheLedgerWhileTheCallStillRuns() {
        server.script(Reply.dribble(Duration.ofMillis(50)));
        try (Ledger ledger = ledger(); RoutesUnderTest routes = start(ledger, Map.of("openrouter.timeout", "6s"), false)) {
            routes.send(LINE);
            await().atMost(Duration.ofSeconds(10)).until(() -> ledger.figures().last(1).stream().anyMatch(call -> "gen-of-dribble".equals(call.generationId()) && call.state().equals("open")));
        }
    }

    /** A process that was killed in a call of which it knew the id. */
    private void died() {
        Prompt prompt;
        try {
            prompt = new PromptParser(PlainSettings.get()).parse(LINE.getBytes(StandardCharsets.UTF_8), Source.line("test", 1), null, null);
        } catch (InvalidPrompt e) {
            throw new AssertionError(e);
        }
        WorkId id = WorkId.of(RoutesUnderTest.POLICY.provider(), "default", RoutesUnderTest.POLICY.pipeline() + "\np", prompt.effective());
        Work work = new Work(id, RoutesUnderTest.POLICY.job(), "", "p", "p", "default", "chat", false);
        try (Ledger dead = ledger()) {
            dead.begin(work).join();
            ClaimAnswer.Reserved claim = (ClaimAnswer.Reserved) dead.claim(new ClaimRequest(work, 1, 0, "openai/gpt-4.1-mini", new BigDecimal("0.05"), false)).join();
            dead.generation(claim.claimId(), "gen-lost").join();
        }
    }

    private Ledger ledger() {
        return Ledger.open(TestLedgers.made(folder));
    }

    private RoutesUnderTest start(Ledger ledger, Map<String, String> more, boolean hold) {
        Map<String, String> keys = new HashMap<>(KEYS);
        keys.putAll(more);
        LedgerPolicy policy = new LedgerPolicy(RoutesUnderTest.POLICY.provider(), "batch", RoutesUnderTest.POLICY.job(), false, false, hold, false);
        return RoutesUnderTest.start(server.baseUrl(), keys, exchange -> { }, ledger, policy);
    }

    private static List<String> generations(List<JsonNode> events) {
        return events.stream().map(event -> event.at("/data/generation_id").asText()).toList();
    }
}
