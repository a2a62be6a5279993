package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A few hundred prompts at once against the simulator in a bad mood: none is lost, none is answered twice, and the bill is ours. */
class SimulatedFaultsTest {

    private static final int PROMPTS = 300;
    /** Four models of at most three calls each. */
    private static final int MOST_CALLS = 12;

    private static Map<String, String> badMood(String... more) {
        Map<String, String> keys = new HashMap<>(Map.of(
                "simulator.latency", "5ms", "simulator.retry-after", "0", "simulator.record", "true",
                "simulator.fault.rate-limited", "10", "simulator.fault.server-error", "5", "simulator.fault.reset", "3",
                "simulator.fault.error-in-200", "3"));
        for (int i = 0; i < more.length; i += 2) {
            keys.put(more[i], more[i + 1]);
        }
        return keys;
    }

    private static void send(RoutesUnderTest routes) {
        for (int i = 0; i < PROMPTS; i++) {
            routes.send("{\"id\":\"p-%d\",\"prompt\":\"Prompt number %d\",\"task\":\"%s\"}".formatted(i, i, i % 2 == 0 ? "code" : "general"));
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> routes.results().size() + routes.deadLetters().size() >= PROMPTS);
    }

    private static List<JsonNode> outcomes(RoutesUnderTest routes) {
        return Stream.concat(routes.results().stream(), routes.deadLetters().stream()).toList();
    }

    private static BigDecimal known(RoutesUnderTest routes) {
        return routes.costs().stream().map(event -> event.at("/data/cost_usd")).filter(JsonNode::isNumber).map(JsonNode::decimalValue)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @Test
    void everyPromptIsAnsweredOnceAndTheBillAddsUp() {
        try (Simulator simulator = Simulator.start(Simulated.by(badMood()));
                RoutesUnderTest routes = RoutesUnderTest.start(simulator.baseUrl().toString(), Map.of("prompts.concurrency", "16"))) {
            send(routes);
            assertThat(routes.deadLetters()).as("all four models fail once in some six thousand of these tests").hasSizeLessThanOrEqualTo(1);
            assertThat(outcomes(routes)).hasSize(PROMPTS).extracting(outcome -> outcome.path("id").asText()).doesNotHaveDuplicates();
            Bill bill = simulator.bill();
            assertThat(bill.requests()).isGreaterThan(PROMPTS + 30);
            assertThat(known(routes)).isEqualByComparingTo(bill.billedUsd());
            BigDecimal told = outcomes(routes).stream().map(result -> result.path("cost_usd").decimalValue())
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            assertThat(told).isEqualByComparingTo(bill.billedUsd());
            assertThat(bill.byPrompt()).hasSize(PROMPTS).allSatisfy((prompt, calls) ->
                    assertThat(calls.calls()).isLessThanOrEqualTo(MOST_CALLS));
        }
    }

    @Test
    void whatWasBilledButCutIsToldAsUnknown() {
        try (Simulator simulator = Simulator.start(Simulated.by(badMood("simulator.fault.cut-json", "10")));
                RoutesUnderTest routes = RoutesUnderTest.start(simulator.baseUrl().toString(), Map.of("prompts.concurrency", "16"))) {
            send(routes);
            assertThat(outcomes(routes)).hasSize(PROMPTS);
            Bill bill = simulator.bill();
            assertThat(known(routes)).isLessThan(bill.billedUsd());
            long withId = routes.costs().stream().filter(event -> event.at("/data/generation_id").isTextual()).count();
            assertThat(withId).as("each billed generation has its event").isGreaterThanOrEqualTo(bill.completions());
        }
    }

    @Test
    void aDatedSlugIsNoFallback() {
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "1ms", "simulator.served-model", "slug")));
                RoutesUnderTest routes = RoutesUnderTest.start(simulator.baseUrl().toString(), Map.of())) {
            JsonNode result = routes.ask("{\"prompt\":\"x\",\"model\":\"anthropic/claude-haiku-4.5\"}");
            assertThat(result.path("model_used").asText()).isEqualTo("anthropic/claude-4.5-haiku-20251001");
            assertThat(result.at("/fallback/level").asInt()).isZero();
            assertThat(result.at("/fallback/reason").isNull()).isTrue();
        }
    }
}
