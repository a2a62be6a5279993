package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.kind;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.QuickJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real kills, of two processes that write one file. {@link LedgerSnapshotTest} has many more, and none of them real. */
class LedgerCrashTest {

    private static final int ROUNDS = 2;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void aKilledProcessLosesNothingThatItWasToldIsDurableAndTheOtherNothingAtAll() throws Exception {
        Random random = new Random();
        Map<String, String> promised = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            try (Victim first = new Victim(directory, "first" + round); Victim second = new Victim(directory, "second" + round)) {
                first.await(200 + random.nextInt(400));
                second.await(100);
                promised.putAll(first.kill());
                Map<String, String> living = Map.copyOf(second.promised);
                try (Ledger ledger = Ledger.open(TestLedgers.embedded(directory))) {
                    assertKnown(ledger, promised);
                    assertKnown(ledger, living, "Busy");
                    second.await(second.promised.size() + 100);
                }
                promised.putAll(second.kill());
            }
            try (Ledger ledger = TestLedgers.openTracking(TestLedgers.embedded(directory))) {
                assertThat(ledger.history().budgets()).isNotEmpty().allSatisfy(state -> assertThat(state.reservedUsd()).isZero());
                assertKnown(ledger, promised);
                assertSumsAgree(ledger);
            }
        }
    }

    private static void assertKnown(Ledger ledger, Map<String, String> promised) {
        assertKnown(ledger, promised, "Ambiguous");
    }

    /** @param open what is known of a prompt in whose call its process was when it last said something */
    private static void assertKnown(Ledger ledger, Map<String, String> promised, String open) {
        Map<String, CompletableFuture<KnownWork>> known = new HashMap<>(); // asked at once: the other process is writing meanwhile
        promised.keySet().forEach(prompt -> known.put(prompt, ledger.begin(work(prompt))));
        promised.forEach((prompt, said) -> assertThat(kind(known.get(prompt).join())).as("%s: %s", prompt, said)
                .isIn(said.equals("answered") ? "Answered" : open, "Answered"));
    }

    /** A process that claims and finishes until it is killed. */
    private static final class Victim implements AutoCloseable {

        private final Process process;
        private final Thread reader;
        /** What it said of each prompt last. */
        private final Map<String, String> promised = new ConcurrentHashMap<>();

        Victim(Path directory, String name) throws IOException {
            List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(QuickJvm.OPTIONS);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), ClaimingProcess.class.getName(), directory.toString(), name));
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            reader = new Thread(() -> process.inputReader().lines().map(line -> line.split(" ")).forEach(words -> promised.put(words[1], words[0])));
            reader.start();
        }

        void await(int prompts) {
            Awaitility.await().atMost(SOON).until(() -> promised.size() >= prompts);
        }

        Map<String, String> kill() throws InterruptedException {
            process.toHandle().destroyForcibly(); // not through the process: that closes its output, and what it said would be lost
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            reader.join();
            return promised;
        }

        @Override
        public void close() {
            process.toHandle().destroyForcibly();
        }
    }

    private static void assertSumsAgree(Ledger ledger) {
        Figures.Row total = TestLedgers.total(ledger);
        assertThat(ledger.history().budgets()).filteredOn(state -> state.scope() == Scope.TOTAL && state.period() == Period.JOB).singleElement()
                .satisfies(state -> {
                    assertThat(state.spentUsd()).isEqualByComparingTo(total.costUsd());
                    assertThat(state.heldUsd()).isEqualByComparingTo(total.uncertainUsd());
                });
    }
}
