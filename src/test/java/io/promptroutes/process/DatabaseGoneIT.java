package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger's database stops while a job runs: without a claim nothing is called, and the job goes on when it is back. */
@Tag("chaos")
class DatabaseGoneIT {

    private static final int PROMPTS = 1_000;
    private static final int CONCURRENCY = 20;

    @TempDir
    private Path folder;

    @Test
    void nothingIsCalledWithoutAClaimAndTheSameCommandFinishesLater() throws Exception {
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.record", "true", "simulator.latency", "200ms")))) {
            String prompts = IntStream.range(0, PROMPTS).mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"Say %d.\"}%n".formatted(number, number))
                    .collect(Collectors.joining());
            EmbeddedPostgres postgres = postgres(0);
            int port = postgres.getPort();
            String url = "jdbc:postgresql://localhost:" + port + "/postgres";
            Product product = Product.in(folder).calling(simulator).with("PGPASS", "postgres").file("prompts.jsonl", prompts);
            String[] command = {"batch", "prompts.jsonl", "--out", "out", "--concurrency", "" + CONCURRENCY, "-D", "ledger.url=" + url,
                    "-D", "ledger.user=postgres", "-D", "ledger.password=env:PGPASS", "-D", "pause.first-look=500ms", "-D", "pause.max=2s",
                    "-D", "publish.retries=3", "-D", "publish.retry-millis=300"};
            Running running = product.start(command);
            Path results = folder.resolve("out/results.jsonl");
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(results) && Files.readString(results).lines().count() >= 100);
            postgres.close();
            long atTheStop = simulator.bill().requests();

            long stopped = System.nanoTime();
            Ended ended = running.ended(Duration.ofSeconds(90)).with(3);
            System.out.printf("database gone: exit 3 after %.1f s%n", (System.nanoTime() - stopped) / 1e9);
            Bill bill = simulator.bill();
            System.out.printf("database gone: %d calls when it had stopped, %d in the end%n", atTheStop, bill.requests());
            assertThat(bill.requests()).as("what was claimed before may still be sent").isBetween(atTheStop, atTheStop + CONCURRENCY);
            assertThat(bill.requests()).isLessThan(PROMPTS);
            assertThat(ended.err()).contains("STOPPED", "ledger", "left as they were").doesNotContain("MISMATCH", Product.KEY);
            assertThat(Outputs.of(folder.resolve("out")).deadLetters()).as("nobody's prompt is at fault").isEmpty();

            postgres = postgres(port);
            try {
                assertThat(claims(url)).isGreaterThanOrEqualTo(bill.requests());
                Ended more = product.run(command).with(0);
                Outputs outputs = Outputs.of(folder.resolve("out"));
                assertThat(outputs.resultIds())
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, PROMPTS).mapToObj(number -> "p-" + number).toList());
                System.out.printf("database gone: %d calls for %d prompts%n", simulator.bill().requests(), PROMPTS);
                assertThat(simulator.bill().requests()).isBetween((long) PROMPTS, (long) PROMPTS + CONCURRENCY);
                assertThat(more.err()).contains("reused");
            } finally {
                postgres.close();
            }
        }
    }

    @Test
    void aJobThatWaitsForItsDatabaseGoesOnByItselfAndLosesNoAnswer() throws Exception {
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.record", "true", "simulator.latency", "200ms")))) {
            String prompts = IntStream.range(0, PROMPTS).mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"Say %d.\"}%n".formatted(number, number))
                    .collect(Collectors.joining());
            EmbeddedPostgres postgres = postgres(0);
            int port = postgres.getPort();
            Running running = Product.in(folder).calling(simulator).with("PGPASS", "postgres").file("prompts.jsonl", prompts).start("batch",
                    "prompts.jsonl", "--out", "out", "--concurrency", "" + CONCURRENCY, "-D", "ledger.url=jdbc:postgresql://localhost:" + port
                    + "/postgres", "-D", "ledger.user=postgres", "-D", "ledger.password=env:PGPASS", "-D", "pause.first-look=500ms");
            Path results = folder.resolve("out/results.jsonl");
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(results) && Files.readString(results).lines().count() >= 100);
            postgres.close();
            postgres = postgres(port);
            try {
                Ended ended = running.ended(Duration.ofSeconds(120)).with(0);
                System.out.printf("database back: %d calls for %d prompts%n%s%n", simulator.bill().requests(), PROMPTS, ended.err());
                assertThat(Outputs.of(folder.resolve("out")).resultIds())
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, PROMPTS).mapToObj(number -> "p-" + number).toList());
                assertThat(simulator.bill().requests()).as("no answer is lost, so none is asked for twice").isEqualTo(PROMPTS);
            } finally {
                postgres.close();
            }
        }
    }

    private static long claims(String url) throws Exception {
        try (Ledger ledger = Ledger.open(TestLedgers.postgres(url, "postgres", () -> "postgres"));
                Connection connection = ledger.dataSource().getConnection();
                ResultSet rows = connection.createStatement().executeQuery("SELECT COUNT(*) FROM claims WHERE state <> 'void'")) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    private EmbeddedPostgres postgres(int port) throws IOException {
        return EmbeddedPostgres.builder().setDataDirectory(folder.resolve("postgres")).setCleanDataDirectory(false).setPort(port)
                .setPGStartupWait(Duration.ofSeconds(60)).start();
    }
}
