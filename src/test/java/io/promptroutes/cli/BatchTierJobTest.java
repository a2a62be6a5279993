package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that may wait, as a new user has it: estimated, submitted, left, and collected on the next day. */
@Timeout(180)
class BatchTierJobTest {

    private static final int PROMPTS = 40;

    @TempDir
    private Path folder;
    private Simulator server;

    private record Said(int code, String out, String err) {
    }

    @BeforeEach
    void serve() throws IOException {
        server = Simulator.start(Simulated.by(Map.of("simulator.latency", "2ms", "simulator.batch.in-progress", "5h", "simulator.batch.foreign", "0")));
        Files.writeString(folder.resolve("prompts.jsonl"), IntStream.range(0, PROMPTS).mapToObj(n -> "{\"id\":\"p" + n + "\",\"prompt\":\"Hello " + n
                + "\",\"model\":\"openai/gpt-4.1-mini\"}\n").collect(Collectors.joining()));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Said run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        Map.of("openrouter.base-url", server.baseUrl().toString(), "openrouter.api-key", "env:PATH", "ledger.directory", folder.resolve("data").toString(), "catalogue.copy",
                folder.resolve("data/models.json").toString(), "batches.poll", "100ms", "batches.tick", "100ms", "batches.lost-after", "1s").forEach((key, value) -> all.addAll(List.of("-D", key + "=" + value)));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        return new Said(InThisProcess.execute(all.toArray(String[]::new), out, err), out.toString(), err.toString());
    }

    private Said batch(String... more) {
        List<String> words = new ArrayList<>(List.of("batch", folder.resolve("prompts.jsonl").toString(), "--out", folder.resolve("out").toString(), "--service-tier", "batch"));
        words.addAll(List.of(more));
        return run(words.toArray(String[]::new));
    }

    private List<String> results() throws IOException {
        return Files.readAllLines(folder.resolve("out/results.jsonl"));
    }

    @Test
    void isSubmittedLeftAndCollected() throws IOException {
        Said mistyped = batch("--complete-within", "6h");
        assertThat(mistyped.code()).isEqualTo(2);
        assertThat(mistyped.err()).contains("complete_within: '6h' is not one of 24h");
        Said estimate = batch("--estimate", "--complete-within", "24h");
        assertThat(estimate.out()).as(estimate.err()).contains("in batches instead of");
        Said submitted = batch("--submit-only");
        assertThat(submitted.code()).as(submitted.err()).isZero();
        assertThat(submitted.err()).contains(PROMPTS + " prompts are submitted");
        assertThat(server.batchBill().batches()).isOne();
        assertThat(run("batches", "list").out()).contains("openai/gpt-4.1-mini", "submitted", "at the latest until");
        server.advance(Duration.ofHours(8));

        Said collected = batch();
        assertThat(collected.code()).as(collected.err()).isZero();
        assertThat(results()).hasSize(PROMPTS).allMatch(line -> line.contains("\"service_tier\":\"batch\""));
        assertThat(Files.readAllLines(folder.resolve("out/costs.jsonl"))).hasSize(PROMPTS);
        assertThat(collected.err()).contains(PROMPTS + " answers came in batches");
        assertThat(server.batchBill().submissions()).isOne();
        assertThat(server.bill().requests()).isZero();
        String id = run("batches", "list").out().lines().filter(line -> line.contains("ended")).findFirst().orElseThrow().split("\\s+")[0];
        assertThat(run("batches", "show", id).out()).contains("completed", "to be through within 24h, was through", PROMPTS + " answered");
        assertThat(batch().code()).isZero();
        assertThat(server.batchBill().submissions()).as("all is answered").isOne();
    }

    /** Spent, held and reserved together, at any moment that is looked at while a job runs. */
    private BigDecimal most(Callable<Said> job, List<Said> said) throws Exception {
        BigDecimal most = BigDecimal.ZERO;
        FutureTask<Said> running = new FutureTask<>(job);
        Thread thread = new Thread(running, "job");
        thread.setDaemon(true);
        thread.start();
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(folder.resolve("data")))) {
            while (said.isEmpty()) {
                try {
                    said.add(running.get(10, TimeUnit.MILLISECONDS));
                } catch (TimeoutException e) {
                    most = most.max(ledger.history().budgets().stream().filter(budget -> budget.period() == Period.JOB)
                            .map(budget -> budget.spentUsd().add(budget.heldUsd()).add(budget.reservedUsd())).reduce(BigDecimal.ZERO, BigDecimal::add));
                }
            }
        }
        return most;
    }

    @Test
    void maxCostHoldsOverBatchesAndCallsTogether() throws Exception {
        server.configure(Simulated.by(Map.of("simulator.latency", "20ms", "simulator.batch.in-progress", "500ms", "simulator.batch.faults", "line.error:20")));
        Files.writeString(folder.resolve("prompts.jsonl"), IntStream.range(0, PROMPTS).mapToObj(n -> "{\"id\":\"p" + n + "\",\"prompt\":\"Hello " + n
                + "\",\"model\":\"openai/gpt-4.1-mini\",\"max_tokens\":500" + (n % 4 == 0 ? ",\"seed\":1" : "") + "}\n").collect(Collectors.joining()));
        String[] limited = {"--max-cost", "0.0035", "--concurrency", "2", "-D", "batches.requests=5", "-D", "batches.linger=200ms"};
        List<Said> said = new ArrayList<>();
        BigDecimal most = most(() -> batch(limited), said);

        Said stopped = said.get(0);
        assertThat(stopped.code()).as(stopped.err()).isEqualTo(3);
        assertThat(stopped.err()).contains("limit of $0.0035 for this job", "raise --max-cost", "left as they were");
        assertThat(most).isPositive().isLessThanOrEqualTo(new BigDecimal("0.0035"));
        assertThat(server.bill().requests()).isPositive();
        assertThat(server.batchBill().batches()).isPositive();
        assertThat(server.bill().billedUsd().add(server.batchBill().billedUsd())).isLessThanOrEqualTo(new BigDecimal("0.0035"));

        Said more = batch("--max-cost", "1");
        assertThat(more.code()).as(more.err()).isZero();
        assertThat(results()).hasSize(PROMPTS);
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(folder.resolve("data")))) {
            assertThat(TestLedgers.total(ledger).costUsd()).isEqualByComparingTo(server.bill().billedUsd().add(server.batchBill().billedUsd()));
        }
        assertThat(server.batchBill().lines() + server.bill().requests()).as("each once, and the failed lines once more").isEqualTo(PROMPTS + failed());
        TestLedgers.assertNothingReserved(TestLedgers.embedded(folder.resolve("data")));
    }

    /** Room in a limit comes when batches have ended, which may take a day: what can be submitted is. */
    @ParameterizedTest
    @ValueSource(strings = {"budget.job=0.0035", "batches.open=10"})
    void submitOnlyDoesNotWaitForRoomThatItsOwnBatchesHave(String key) throws IOException {
        Said part = batch("--max-tokens", "500", "--submit-only", "-D", key, "-D", "batches.requests=5", "-D", "batches.linger=200ms");
        assertThat(part.code()).as(part.err()).isEqualTo(3);
        long sent = server.batchBill().lines();
        assertThat(sent).isBetween(1L, PROMPTS - 1L);
        assertThat(part.err()).contains(sent + " prompts are submitted", "the rest has no room", "left as they were", "go on with:");
        server.advance(Duration.ofHours(8));

        Said rest = batch("--max-tokens", "500", "--submit-only");
        assertThat(rest.code()).as(rest.err()).isZero();
        server.advance(Duration.ofHours(8));
        assertThat(batch("--max-tokens", "500").code()).isZero();
        assertThat(results()).hasSize(PROMPTS);
        assertThat(server.batchBill().lines()).isEqualTo(PROMPTS);
    }

    private long failed() {
        return server.batchBill().lines() - server.batchBill().billedLines();
    }
}
