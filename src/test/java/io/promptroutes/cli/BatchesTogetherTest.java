package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.simulator.HeldCalls;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Four instances with one ledger, whose prompts may wait; as processes, and on PostgreSQL too, with -Pchaos: process/SharedBatchesIT. */
@Timeout(120)
class BatchesTogetherTest {

    private static final int INSTANCES = 4;
    private static final int PROMPTS = 12;

    @TempDir
    private Path folder;
    private Simulator server;
    private HeldCalls calls;
    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<RoutesUnderTest> instances = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        server = Simulator.start(Simulated.by(Map.of("simulator.latency", "2ms", "simulator.batch.validating", "200ms", "simulator.batch.in-progress", "1s", "simulator.batch.foreign", "1",
                "simulator.batch.faults", "line.error:10")));
        calls = new HeldCalls(server);
        for (int i = 0; i < INSTANCES; i++) {
            ledgers.add(Ledger.open(TestLedgers.embedded(folder)));
            instances.add(RoutesUnderTest.start(calls.baseUrl(), Map.of("ledger.enabled", "on", "openrouter.app-name", "instance " + i, "batches.requests", "6", "batches.linger", "300ms",
                    "batches.tick", "50ms", "batches.poll", "100ms", "batches.poll-longest", "300ms"), exchange -> { }, ledgers.get(i)));
        }
    }

    @AfterEach
    void close() {
        instances.forEach(RoutesUnderTest::close);
        ledgers.forEach(Ledger::close);
        calls.close();
        server.close();
    }

    @Test
    void oneOfThemLooksAfterAllTheirBatchesAndEachTakesItsOwnLines() {
        for (int i = 0; i < INSTANCES; i++) {
            for (int n = 0; n < PROMPTS; n++) {
                instances.get(i).send("{\"id\":\"p-" + i + "-" + n + "\",\"prompt\":\"Hello " + n + " of " + i + "\",\"model\":\"openai/gpt-4.1-mini\",\"service_tier\":\"batch\"}");
            }
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> instances.stream().allMatch(one -> one.window().unfinished() == 0));

        for (int i = 0; i < INSTANCES; i++) {
            String own = "p-" + i + "-";
            assertThat(instances.get(i).results()).hasSize(PROMPTS).extracting(one -> one.path("id").asText()).doesNotHaveDuplicates().allMatch(id -> id.startsWith(own));
        }
        List<BatchRow> batches = ledgers.get(0).batches().since(Instant.EPOCH);
        assertThat(batches).hasSize((int) server.batchBill().batches()).hasSizeGreaterThanOrEqualTo(INSTANCES);
        assertThat(server.batchBill().lines()).isEqualTo(INSTANCES * PROMPTS);
        List<HeldCalls.Held> looks = calls.calls().stream().filter(call -> call.what().startsWith("GET /api/v1/batches/")).toList();
        List<String> who = looks.stream().map(HeldCalls.Held::from).toList();
        long changes = IntStream.range(1, who.size()).filter(n -> !who.get(n).equals(who.get(n - 1))).count();
        assertThat(changes).as("one looks, and hands on when it waits for none itself: %s", who).isEqualTo(who.stream().distinct().count() - 1);
        assertThat(looks.stream().filter(look -> look.reply().contains("\"results\":[")).map(look -> look.what().substring(look.what().lastIndexOf('/') + 1)))
                .as("each is collected once, and none of others").containsExactlyInAnyOrderElementsOf(batches.stream().map(BatchRow::remoteId).toList());
        BigDecimal billed = server.bill().billedUsd().add(server.batchBill().billedUsd());
        assertThat(TestLedgers.total(ledgers.get(0)).costUsd()).isEqualByComparingTo(billed);
        assertThat(instances.stream().flatMap(one -> one.costs().stream()).map(event -> event.at("/data/cost_usd").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(billed);
    }
}
