package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A job on a terminal, which {@code script} of util-linux stands in for. */
@EnabledOnOs(OS.LINUX)
class PanelIT {

    private static final String ESCAPE = "\u001b";

    @TempDir
    private Path folder;

    @Test
    void theJobIsAPanelWhereTheTerminalCanShowOne() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")));
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "100ms", "simulator.fault.rate-limited", "5")))) {
            Product product = Product.in(folder).calling(simulator).file("prompts.jsonl", IntStream.range(0, 100)
                    .mapToObj(number -> "Say number %d.%n".formatted(number)).collect(Collectors.joining()))
                    .behind("sh", "-c", "script -qfec \"stty cols 100 rows 30; $*\" /dev/null", "sh");
            String seen = product.with("TERM", "xterm").with("NO_COLOR", "1").run("batch", "prompts.jsonl", "--out", "out", "--concurrency", "10").with(0).out();
            assertThat(seen).contains(" in flight, ", "projected", "100 in = 100 answered")
                    .containsPattern("\\[#*\\.+] \\d+ %, ETA (\\?|\\d+:\\d\\d), \\d+ of 100 done");
            assertThat(seen.substring(seen.lastIndexOf(ESCAPE + "[1;30r"))).as("the last words are below a screen that scrolls as a whole again")
                    .contains("prompts     100 in").doesNotContain("ETA");
            assertThat(seen).as("colours").doesNotContainPattern(ESCAPE + "\\[[0-9;]*3[0-9]m");
            String dumb = product.with("TERM", "dumb").run("batch", "prompts.jsonl", "--out", "out").with(0).out();
            assertThat(dumb).contains("100 in").doesNotContain(ESCAPE);
        }
    }

    @Test
    void whoIsAskedWhetherToGoOnMayInterruptAndWaitsForNothing() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")));
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of()))) {
            // exec: no shell between that is interrupted, too; and whatever started the tests may ignore the signal, as children would
            String seen = Product.in(folder).calling(simulator).file("prompts.txt", "Hello\n")
                    .behind("sh", "-c", "touch seen; seen() { n=0; until grep -q \"$1\" seen || [ $((n += 1)) -gt 300 ]; do sleep 0.2; done; }; "
                            + "{ seen y/N; printf '\\003'; seen interrupted; sleep 1; } | script -qfec \"exec env --default-signal=INT $*\" seen", "sh")
                    .run("batch", "prompts.txt", "--out", "out", "--confirm-above", "0").with(3).out();
            assertThat(seen).contains("Go on? [y/N]", "interrupted; nothing was called");
            assertThat(simulator.bill().requests()).isZero();
        }
    }
}
