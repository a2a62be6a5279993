package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job of all kinds of files through all it can meet: bad rows, a trial first, failures that are tried again, and the same command again. */
class InputsIT {

    private static final String TABLE = """
            prompt,model,article,metadata
            Name a river.,,,"{""n"":1}"
            Name a lake.,openai/gpt-4.1,,
            Name a lake.,openai/gpt-4.1,,
            "Two
            lines.",,,
            short
            ,,A long story.,
            "never closed,,,
            Name a sea.,,secret,
            """;

    @TempDir
    private Path folder;

    @Test
    void filesOfAllKindsAreOneJobAndItsDeadLettersAreAnsweredInIt() throws Exception {
        try (Simulator simulator = Simulator.start(config(Map.of("simulator.fault.moderation", "100", "simulator.fault.models", "openai/gpt-4.1")))) {
            Product product = Product.in(folder).calling(simulator).file("in/table.csv", TABLE).file("in/prompts.txt", "One.\nTwo.\n")
                    .file("application.properties", "prompts.template=Shorten {{article}}\n");
            try (OutputStream zipped = new GZIPOutputStream(Files.newOutputStream(folder.resolve("in/more.jsonl.gz")))) {
                zipped.write("{\"id\":\"zipped\",\"prompt\":\"Three.\"}\n".getBytes(StandardCharsets.UTF_8));
            }
            product.run("batch", "in", "--out", "out", "--limit", "2").with(0);
            assertThat(simulator.bill().completions()).isEqualTo(2);

            Running whole = product.start("batch", "in", "-", "--out", "out");
            whole.process().getOutputStream().write("{\"prompt\":\"Four.\"}\nFive.".getBytes(StandardCharsets.UTF_8));
            whole.process().getOutputStream().close();
            assertThat(whole.ended(Duration.ofSeconds(90)).with(1).err()).contains("13 in = 9 answered + 4 dead letters", "2 invalid_csv, 2 moderation",
                    "reused      2 answers");
            Outputs outputs = Outputs.of(folder.resolve("out"));
            assertThat(outputs.resultIds()).containsExactlyInAnyOrder("zipped", "prompts.txt:1", "prompts.txt:2", "table.csv:2", "table.csv:5",
                    "table.csv:8", "table.csv:10", "stdin:1", "stdin:2");
            assertThat(outputs.result("table.csv:2").path("metadata")).isEqualTo(Outputs.json("{\"n\":1}"));
            assertThat(outputs.deadLetterIds()).containsExactlyInAnyOrder("table.csv:3", "table.csv:4", "table.csv:7", "table.csv:9");
            assertThat(new String(Base64.getDecoder().decode(outputs.deadLetter("table.csv:9").path("raw_base64").asText()), StandardCharsets.UTF_8))
                    .isEqualTo("\"never closed,,,");
            assertThat(outputs.deadLetter("table.csv:9").path("source").path("line").asInt()).isEqualTo(9);

            simulator.configure(config(Map.of()));
            long calls = simulator.bill().completions();
            assertThat(product.run("dead-letters", "replay", "out", "--code", "moderation,timeout").with(0).err())
                    .contains("2 in = 2 answered", "replayed    2 dead letters, skipped 2: 2 invalid_csv");
            outputs = Outputs.of(folder.resolve("out"));
            assertThat(outputs.deadLetterIds()).containsExactlyInAnyOrder("table.csv:7", "table.csv:9");
            assertThat(outputs.resultIds()).contains("table.csv:3", "table.csv:4").hasSize(11);
            assertThat(simulator.bill().completions()).as("two samples of one prompt are two calls").isEqualTo(calls + 2);

            assertThat(product.run("batch", "in", "--out", "out").with(1).err()).contains("11 in = 9 answered + 2 dead letters", "paid $0 now");
            assertThat(simulator.bill().completions()).isEqualTo(calls + 2);
            assertThat(Outputs.of(folder.resolve("out")).resultIds()).containsExactlyInAnyOrderElementsOf(outputs.resultIds());
        }
    }

    private static SimulatorConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("simulator.latency", "0ms");
        return SimulatorConfig.from(all);
    }
}
