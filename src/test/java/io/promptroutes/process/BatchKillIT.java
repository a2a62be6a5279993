package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that may wait are killed at any time, over and over: no batch is submitted twice but where nobody could know of the first, and nothing is lost. */
class BatchKillIT {

    private static final int KILLS = Integer.getInteger("batch.kills", 4);
    private static final int PROMPTS = 300;
    private static final Duration LONGEST = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    @Test
    void killsInEveryStateLoseAndDoubleNothing() throws Exception {
        Map<String, String> keys = new HashMap<>(Map.of("simulator.latency", "5ms", "simulator.batch.validating", "300ms", "simulator.batch.in-progress", "2s", "simulator.batch.inline", "off",
                "simulator.batch.page", "10", "simulator.batch.foreign", "1", "simulator.batch.faults", "submit.reset-committed:10, submit.502-committed:10, line.error:1"));
        Random random = new Random(7);
        try (Simulator simulator = Simulator.start(Simulated.by(keys))) {
            Product product = Product.in(folder).calling(simulator).file("prompts.jsonl", IntStream.range(0, PROMPTS).mapToObj(n -> "{\"id\":\"p-" + n + "\",\"prompt\":\"Hello " + n
                    + "\",\"model\":\"openai/gpt-4.1-mini\"}\n").collect(Collectors.joining()));
            for (int kill = 0; kill < KILLS; kill++) {
                Running running = start(product);
                long submissions = simulator.batchBill().submissions();
                await().atMost(LONGEST).until(() -> !running.process().isAlive() || simulator.batchBill().submissions() > submissions || random.nextInt(2_000) == 0);
                running.process().waitFor(random.nextInt(3_000), TimeUnit.MILLISECONDS);
                running.process().destroyForcibly().waitFor();
            }
            Ended ended = start(product).ended(LONGEST).with(0);

            Outputs outputs = Outputs.of(folder.resolve("out"));
            assertThat(outputs.resultIds()).hasSize(PROMPTS).doesNotHaveDuplicates();
            assertThat(simulator.batchBill().lines()).as(ended.err()).isEqualTo(PROMPTS);
            BigDecimal billed = simulator.bill().billedUsd().add(simulator.batchBill().billedUsd());
            try (Ledger ledger = Ledger.open(TestLedgers.embedded(folder.resolve("data")))) {
                assertThat(TestLedgers.total(ledger).costUsd()).isEqualByComparingTo(billed);
            }
            assertThat(outputs.costs().stream().map(event -> event.at("/data/cost_usd").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(billed);
        }
    }

    private static Running start(Product product) {
        return product.start("batch", "prompts.jsonl", "--out", "out", "--service-tier", "batch", "-D", "batches.requests=50", "-D", "batches.linger=1s", "-D", "batches.tick=100ms",
                "-D", "batches.poll=200ms", "-D", "batches.poll-longest=500ms", "-D", "batches.lost-after=2s", "-D", "ledger.directory=data");
    }
}
