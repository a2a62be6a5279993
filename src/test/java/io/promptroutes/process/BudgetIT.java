package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits under many calls at once, judged by what the server has billed: worst cases of about $0.10 a call, a sixth of it in truth. */
class BudgetIT {

    private static final BigDecimal LIMIT = FourBatches.LIMIT;
    private static final int PROMPTS = FourBatches.PROMPTS;

    @TempDir
    private Path folder;
    private Simulator simulator;

    @AfterEach
    void stopSimulator() {
        simulator.close();
    }

    @Test
    void aJobStopsBeforeItsLimitAndGoesOnUnderAHigherOne() {
        Product product = job(Map.of(), 0, PROMPTS);
        Ended ended = product.runHere("batch", "prompts.jsonl", "--out", "out", "--concurrency", "200", "--max-cost", "5.00").with(3);
        BigDecimal billed = simulator.bill().billedUsd();
        System.out.printf("billed under --max-cost 5.00: $%s%n", billed.toPlainString());
        assertThat(billed).isLessThanOrEqualTo(LIMIT).isGreaterThan(new BigDecimal("4.80"));
        assertThat(ended.err()).contains("STOPPED", "limit of $5.00 for this job", "raise --max-cost", "left as they were");
        Outputs first = outputs("out");
        assertThat(first.deadLetters()).isEmpty();
        assertThat(first.results()).hasSize((int) simulator.bill().completions());
        TestLedgers.assertNothingReserved(TestLedgers.embedded(folder.resolve("data")));
        assertThat(FourBatches.percents(folder.resolve("out"))).containsExactly(50, 80, 100);

        Ended more = product.runHere("batch", "prompts.jsonl", "--out", "out", "--concurrency", "200", "--max-cost", "40").with(0);
        assertThat(more.err()).contains("reused      " + first.results().size() + " answers");
        assertThat(outputs("out").resultIds()).hasSize(PROMPTS).doesNotHaveDuplicates();
        assertThat(simulator.bill().requests()).as("each prompt is called once").isEqualTo(PROMPTS);
        TestLedgers.assertNothingReserved(TestLedgers.embedded(folder.resolve("data")));
    }

    @Test
    void aDaysLimitRejectsWhatIsLeft() {
        Product product = job(Map.of("simulator.fault.server-error", "5", "simulator.fault.cut-json", "3", "simulator.fault.reset", "3"), 0, PROMPTS);
        product.runHere("batch", "prompts.jsonl", "--out", "out", "--concurrency", "200", "-D", "budget.total.day=5", "-D",
                "budget.exhausted=reject").with(1);
        BigDecimal billed = simulator.bill().billedUsd();
        System.out.printf("billed under budget.total.day=5, reject: $%s%n", billed.toPlainString());
        assertThat(billed).isLessThanOrEqualTo(LIMIT).isGreaterThan(new BigDecimal("2.50"));
        Outputs outputs = outputs("out");
        assertThat(outputs.results().size() + outputs.deadLetters().size()).isEqualTo(PROMPTS);
        assertThat(outputs.deadLetters()).isNotEmpty().allMatch(line -> line.at("/error/code").asText().equals("budget_exhausted"));
        assertThat(FourBatches.percents(folder.resolve("out"))).containsExactly(50, 80, 100);
        TestLedgers.assertNothingReserved(TestLedgers.embedded(folder.resolve("data")));
    }

    @Test
    void aDaysLimitGoesOnWithFreeModels() {
        Product product = job(Map.of(), 0, PROMPTS);
        product.runHere("batch", "prompts.jsonl", "--out", "out", "--concurrency", "200", "-D", "budget.total.day=5", "-D",
                "budget.exhausted=free").with(0);
        Bill bill = simulator.bill();
        System.out.printf("billed under budget.total.day=5, free: $%s%n", bill.billedUsd().toPlainString());
        assertThat(bill.billedUsd()).isLessThanOrEqualTo(LIMIT).isGreaterThan(new BigDecimal("4.80"));
        assertThat(outputs("out").resultIds()).hasSize(PROMPTS).doesNotHaveDuplicates();
        long free = outputs("out").results().stream().filter(result -> result.path("model_used").asText().endsWith(":free")).count();
        assertThat(free).as("answers of free models").isGreaterThan(PROMPTS / 2);
        TestLedgers.assertNothingReserved(TestLedgers.embedded(folder.resolve("data")));
    }

    /** Property {@code mixed} (profile chaos: 10000) says how many. */
    @Test
    void nothingStaysReservedAfterMixedSuccessesAndFailures() {
        int prompts = Integer.getInteger("mixed", 500);
        simulator = simulator(Map.of("simulator.latency", "1ms", "simulator.fault.server-error", "10", "simulator.fault.cut-json", "5", "simulator.fault.reset", "5",
                "simulator.fault.error-in-200", "5", "simulator.fault.moderation", "5", "simulator.fault.rate-limited", "5", "simulator.retry-after", "0"));
        String lines = IntStream.range(0, prompts).mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"Name %d.\"}%n".formatted(number, number))
                .collect(Collectors.joining());
        Product.in(folder).calling(simulator).file("prompts.jsonl", lines).runHere("batch", "prompts.jsonl", "--out", "out", "--concurrency", "200", "-D",
                "budget.total.day=1000", "-D", "retry.backoff=10ms").with(1);
        Outputs outputs = outputs("out");
        assertThat(outputs.results().size() + outputs.deadLetters().size()).isEqualTo(prompts);
        System.out.printf("mixed: %d answered, %d dead letters, %d calls%n", outputs.results().size(), outputs.deadLetters().size(), simulator.bill().requests());
        TestLedgers.assertNothingReserved(TestLedgers.embedded(folder.resolve("data")));
    }

    @Test
    void fourProcessesShareADaysLimit() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPGStartupWait(Duration.ofSeconds(60)).start()) {
            simulator = simulator(Map.of("simulator.fault.server-error", "5"));
            String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
            FourBatches.start(Product.in(folder).calling(simulator).with("PGPASS", "postgres"), folder, "ledger.url=" + url, "ledger.user=postgres",
                    "ledger.password=env:PGPASS").keepTheLimit(simulator);
            TestLedgers.assertNothingReserved(TestLedgers.postgres(url, "postgres", () -> "postgres"));
        }
    }

    private Outputs outputs(String out) {
        return Outputs.of(folder.resolve(out));
    }

    private Product job(Map<String, String> faults, int first, int count) {
        simulator = simulator(faults);
        return Product.in(folder).calling(simulator).file("prompts.jsonl", FourBatches.prompts(first, count));
    }

    private static Simulator simulator(Map<String, String> faults) {
        Map<String, String> all = new HashMap<>(Map.of("simulator.record", "true", "simulator.latency", "100ms"));
        all.putAll(faults);
        return Simulator.start(Simulated.by(all));
    }
}
