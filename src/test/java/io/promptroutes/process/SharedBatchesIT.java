package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerSettings;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.HeldCalls;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four jobs that may wait, at once, on one ledger: one of them at a time looks after the batches of all. */
@Tag("chaos")
class SharedBatchesIT {

    private static final int JOBS = 4;
    private static final int PROMPTS = 150;
    /** On a machine that does much else. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    @Test
    void fourJobsOnAFile() throws Exception {
        together(TestLedgers.embedded(folder.resolve("data")), "ledger.directory=data");
    }

    @Test
    void fourJobsOnPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPGStartupWait(Duration.ofSeconds(60)).start()) {
            String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
            together(TestLedgers.postgres(url, "postgres", () -> "postgres"), "ledger.url=" + url, "ledger.user=postgres", "ledger.password=env:PGPASS");
        }
    }

    private void together(LedgerSettings settings, String... keys) throws Exception {
        try (Simulator server = Simulator.start(Simulated.by(Map.of("simulator.latency", "5ms", "simulator.batch.validating", "300ms", "simulator.batch.in-progress", "3s",
                "simulator.batch.foreign", "2", "simulator.batch.faults", "line.error:2"))); HeldCalls calls = new HeldCalls(server)) {
            Product product = Product.in(folder).calling(server).with("OPENROUTER_BASE_URL", calls.baseUrl()).with("PGPASS", "postgres");
            List<Running> running = new ArrayList<>();
            try {
                for (int job = 0; job < JOBS; job++) {
                    running.add(product.file("prompts-" + job + ".jsonl", prompts(job)).start(command(job, keys)));
                }
                running.forEach(one -> one.ended(LONGEST).with(0));
            } finally {
                running.forEach(one -> one.process().destroyForcibly());
            }

            BigDecimal told = BigDecimal.ZERO;
            for (int job = 0; job < JOBS; job++) {
                String own = "p-" + job + "-";
                Outputs outputs = Outputs.of(folder.resolve("out-" + job));
                assertThat(outputs.resultIds()).hasSize(PROMPTS).doesNotHaveDuplicates().allMatch(id -> id.startsWith(own));
                told = outputs.costs().stream().map(event -> event.at("/data/cost_usd").decimalValue()).reduce(told, BigDecimal::add);
            }
            BigDecimal billed = server.bill().billedUsd().add(server.batchBill().billedUsd());
            assertThat(told).isEqualByComparingTo(billed);
            assertThat(server.batchBill().lines()).isEqualTo(JOBS * PROMPTS);
            try (Ledger ledger = Ledger.open(settings)) {
                assertThat(TestLedgers.total(ledger).costUsd()).isEqualByComparingTo(billed);
                judge(calls, ledger.batches().since(Instant.EPOCH).stream().map(BatchRow::remoteId).toList());
            }
        }
    }

    private static void judge(HeldCalls calls, List<String> ours) {
        List<HeldCalls.Held> looks = calls.calls().stream().filter(call -> call.what().startsWith("GET /api/v1/batches/")).toList();
        List<String> pollers = new ArrayList<>();
        looks.stream().map(HeldCalls.Held::from).filter(from -> pollers.isEmpty() || !from.equals(pollers.get(pollers.size() - 1))).forEach(pollers::add);
        System.out.printf("%d batches of four jobs: %d looks, by one after another of %s%n", ours.size(), looks.size(), pollers);
        assertThat(pollers).as("who looks, one after another as they end").doesNotHaveDuplicates();
        assertThat(looks.stream().filter(look -> look.reply().contains("\"results\":[")).map(look -> look.what().substring(look.what().lastIndexOf('/') + 1)))
                .as("each is collected once, and none of others").containsExactlyInAnyOrderElementsOf(ours);
    }

    private static String[] command(int job, String... keys) {
        Stream<String> all = Stream.concat(Stream.of("openrouter.app-name=job-" + job, "batches.requests=60", "batches.linger=1s", "batches.tick=100ms", "batches.poll=200ms",
                "batches.poll-longest=500ms", "catalogue.copy=data-" + job + "/models.json"), Stream.of(keys));
        return Stream.concat(Stream.of("batch", "prompts-" + job + ".jsonl", "--out", "out-" + job, "--service-tier", "batch"), all.flatMap(key -> Stream.of("-D", key)))
                .toArray(String[]::new);
    }

    private static String prompts(int job) {
        return IntStream.range(0, PROMPTS).mapToObj(n -> "{\"id\":\"p-%d-%d\",\"prompt\":\"Hello %d of %d\",\"model\":\"openai/gpt-4.1-mini\"}%n".formatted(job, n, n, job))
                .collect(Collectors.joining());
    }
}
