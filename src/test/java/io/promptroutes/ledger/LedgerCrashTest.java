package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.kind;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerCrashTest {

    private static final int KILLS = 4;

    @TempDir
    private Path directory;

    @Test
    void aKilledProcessLosesNothingThatItWasToldIsDurable() throws Exception {
        Random random = new Random();
        Map<String, String> promised = new HashMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            promised.putAll(runAndKill("run" + kill, 200 + random.nextInt(600)));
            try (Ledger ledger = TestLedgers.openTracking(TestLedgers.embedded(directory))) {
                assertThat(ledger.history().budgets()).isNotEmpty().allSatisfy(state -> assertThat(state.reservedUsd()).isZero());
                for (Map.Entry<String, String> prompt : promised.entrySet()) {
                    assertThat(ledger.begin(work(prompt.getKey())).join()).as("%s after kill %s", prompt, kill)
                            .matches(known -> kind(known).equals(prompt.getValue()) || kind(known).equals("Answered"));
                }
                assertSumsAgree(ledger);
            }
        }
    }

    /** Kills the process somewhere after its n-th line. */
    private Map<String, String> runAndKill(String run, int lines) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), ClaimingProcess.class.getName(), directory.toString(), run)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Map<String, String> promised = new HashMap<>();
        try (BufferedReader output = process.inputReader()) {
            int read = 0;
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                String[] words = line.split(" ");
                if (words[0].equals("claimed")) {
                    promised.put(words[1], "Ambiguous");
                } else if (words[0].equals("answered")) {
                    promised.put(words[1], "Answered");
                }
                if (++read == lines) {
                    process.toHandle().destroyForcibly(); // not through the process: that closes its output, and what it said would be lost
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(promised).as("the process worked").hasSizeGreaterThan(lines / 4);
        return promised;
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
