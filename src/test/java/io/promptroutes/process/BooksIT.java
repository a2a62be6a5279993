package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cost events, the ledger's figures, the summary and the server's bill are one sum, where each billed call came back. */
class BooksIT {

    private static final int PROMPTS = 1_000;

    @TempDir
    private Path folder;

    @Test
    void eventsLedgerAndServerAgreeToTheLastDigitByModel() {
        Map<String, String> faults = Map.of("simulator.seed", "20261122", "simulator.latency", "20ms", "simulator.fault.rate-limited", "10",
                "simulator.fault.server-error", "8", "simulator.fault.html", "2", "simulator.fault.moderation", "2");
        try (Simulator simulator = Simulator.start(Simulated.by(faults))) {
            List<String> budgets = List.of("budget", "balanced", "premium", "free");
            String prompts = IntStream.range(0, PROMPTS).mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"Write a poem about %d.\",\"budget\":\"%s\"}%n"
                    .formatted(number, number, budgets.get(number % 4))).collect(Collectors.joining());
            Product product = Product.in(folder).calling(simulator).file("prompts.jsonl", prompts);
            Ended ended = product.runHere("batch", "prompts.jsonl", "--out", "out", "--concurrency", "50");
            assertThat(ended.exit()).as(ended.err()).isIn(0, 1);
            Bill bill = simulator.bill();
            Map<String, BigDecimal> billed = new TreeMap<>();
            bill.byModel().forEach((model, share) -> billed.put(model, plain(share.billedUsd())));

            Map<String, BigDecimal> events = new TreeMap<>();
            Outputs outputs = Outputs.of(folder.resolve("out"));
            assertThat(outputs.results()).filteredOn(result -> result.at("/fallback/level").asInt() > 0).as("faults happened").isNotEmpty();
            outputs.costs().stream().map(event -> event.path("data")).filter(data -> data.path("cost_usd").isNumber())
                    .forEach(data -> events.merge(data.path("model_used").asText(), data.path("cost_usd").decimalValue(), BigDecimal::add));
            events.replaceAll((model, usd) -> plain(usd));

            Map<String, BigDecimal> figures = new TreeMap<>();
            for (JsonNode row : Outputs.rows(product.runHere("costs", "--by", "model", "--format", "json").with(0).out())) {
                figures.put(row.path("model").asText(), plain(row.path("cost_usd").decimalValue()));
            }
            figures.values().removeIf(usd -> usd.signum() == 0);
            events.values().removeIf(usd -> usd.signum() == 0);
            billed.values().removeIf(usd -> usd.signum() == 0);
            assertThat(events).hasSizeGreaterThan(2).isEqualTo(billed);
            assertThat(figures).isEqualTo(billed);
            assertThat(ended.err()).contains("cost        $" + plain(bill.billedUsd()).toPlainString());
            System.out.printf("books: $%s billed, in the events and in the ledger, %d calls%n", plain(bill.billedUsd()).toPlainString(), bill.requests());
        }
    }

    private static BigDecimal plain(BigDecimal usd) {
        return usd.signum() == 0 ? BigDecimal.ZERO : usd.stripTrailingZeros();
    }
}
