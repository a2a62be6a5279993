package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.PromptFailed;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of prompts that wait for batches a pipeline takes as many as keys batches.open and batches.open-bytes say, and no more. */
@Timeout(90)
class WaitingWindowTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"batches.open, 3, 3, serviceTier=batch", "batches.open-bytes, 1500, 2, serviceTier=batch", "batches.open, 2, 2, request=RAW({\"service_tier\":\"batch\"})"})
    void noMoreIsTakenThanMayWait(String key, String value, int places, String option) throws Exception {
        Map<String, String> keys = new HashMap<>(Map.of("batches.linger", "100ms", "batches.tick", "50ms", "batches.poll", "100ms", "batches.poll-longest", "300ms"));
        keys.put(key, value);
        try (Simulator server = Simulator.start(Simulated.by(Map.of("simulator.batch.in-progress", "1h", "simulator.batch.foreign", "0")));
                Ledger ledger = Ledger.open(TestLedgers.embedded(folder));
                StepsUnderTest steps = StepsUnderTest.of(server.baseUrl().toString(), ledger, keys)) {
            steps.start(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:one").to("prompt:one?" + option + "&model=openai/gpt-4.1-mini&whenFull=reject");
                }
            });
            // each of 1,000 characters: their requests are longer
            Map<Integer, Future<Exchange>> taken = new HashMap<>();
            IntStream.range(0, places).forEach(n -> {
                taken.put(n, steps.template("one").withBody(n + "x".repeat(999)).asyncSend());
                await().until(() -> steps.pipeline("one").window().unfinished() == n + 1);
            });
            Exchange refused = steps.send("one", "one more");
            assertThat(((PromptFailed) refused.getException()).getCode()).isEqualTo("busy");
            await().until(() -> server.batchBill().lines() == places);
            server.advance(Duration.ofHours(2));
            for (Future<Exchange> one : taken.values()) {
                assertThat(one.get().getException()).isNull();
            }
            assertThat(steps.pipeline("one").window().room()).as("the places are free again").isTrue();
        }
    }

    @Test
    void bytesCountFromTheMomentThatAPlaceIsTaken() throws Exception {
        PromptWindow window = new PromptWindow(new AdmissionGate(Duration.ofSeconds(1), Duration.ofSeconds(1), true, Clock.systemUTC()), 10, 1_000, () -> true);
        assertThat(window.take()).isTrue();
        window.holds(2_000);
        assertThat(window.room()).isFalse();
        window.finish(2_000);
        assertThat(window.room()).isTrue();
    }
}
