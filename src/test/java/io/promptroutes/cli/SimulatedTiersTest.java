package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A few hundred prompts that can wait, under a budget, against a simulator whose flex is full or shed, or not there: nothing is dearer than it says. */
@Timeout(120)
class SimulatedTiersTest {

    private static final int PROMPTS = 100;
    private static final String WITHOUT = "mistralai/mistral-small-2603";

    @TempDir
    private Path folder;

    @Test
    void whatIsNotServedAtFlexIsToldAndCountedAndTheBillIsOursByTier() {
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "5ms", "simulator.retry-after", "0", "simulator.record", "true",
                        "simulator.tiers.flex-full", "60", "simulator.tiers.flex-shed", "20")));
                Ledger ledger = Ledger.open(TestLedgers.made(folder))) {
            ledger.limits(List.of(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.DAY, new BigDecimal("100"))));
            try (RoutesUnderTest routes = RoutesUnderTest.start(simulator.baseUrl().toString(), Map.of("prompts.concurrency", "16", "ledger.enabled", "on"), exchange -> { }, ledger)) {
                for (String model : List.of("openai/gpt-4.1-mini", WITHOUT)) {
                    for (int i = 0; i < PROMPTS; i++) {
                        routes.send("{\"id\":\"%s-%d\",\"prompt\":\"Prompt number %d\",\"model\":\"%s\",\"service_tier\":\"flex\"}".formatted(model, i, i, model));
                    }
                }
                await().atMost(Duration.ofSeconds(90)).until(() -> routes.results().size() + routes.deadLetters().size() == 2 * PROMPTS);

                assertThat(routes.deadLetters()).isEmpty();
                assertThat(routes.results()).allSatisfy(result -> assertThat(result.at("/routing/notes").isMissingNode()).as("%s", result)
                        .isEqualTo(result.path("service_tier").asText().equals("flex")));
                assertThat(routes.results()).filteredOn(result -> result.path("service_tier").asText().equals("flex")).hasSizeBetween(30, 90);
                assertThat(routes.results()).filteredOn(result -> result.path("model_requested").asText().equals(WITHOUT)).extracting(SimulatedTiersTest::level).containsOnly(0);
                assertThat(routes.tally().noted(JobStatistics.NO_ROOM)).isPositive();
                assertThat(routes.tally().noted(JobStatistics.OTHER_TIER)).isGreaterThan(PROMPTS);
                assertThat(routes.tally().noted(JobStatistics.NO_ROOM) + routes.tally().noted(JobStatistics.OTHER_TIER))
                        .isEqualTo(routes.results().stream().filter(result -> result.at("/routing/notes").isArray()).count());
                Map<String, BigDecimal> tiers = ledger.figures().by(Figures.By.TIER, LocalDate.EPOCH).stream().collect(Collectors.toMap(Figures.Row::name, Figures.Row::costUsd));
                assertThat(tiers).containsOnlyKeys("flex", "default", "");
                assertThat(tiers.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(simulator.bill().billedUsd());
            }
        }
    }

    private static int level(JsonNode result) {
        return result.at("/fallback/level").asInt();
    }
}
