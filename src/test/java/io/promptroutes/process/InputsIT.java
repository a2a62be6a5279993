package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.process.Product.Ended;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
                    .file("application.properties", "prompts.template=Shorten {{article}}\nprompts.input=request\n");
            try (OutputStream zipped = new GZIPOutputStream(Files.newOutputStream(folder.resolve("in/more.jsonl.gz")))) {
                zipped.write("{\"id\":\"zipped\",\"prompt\":\"Three.\"}\n".getBytes(StandardCharsets.UTF_8));
            }
            product.runHere("batch", "in", "--out", "out", "--limit", "2").with(0);
            assertThat(simulator.bill().completions()).isEqualTo(2);

            Ended whole = product.runHere("{\"prompt\":\"Four.\"}\nFive.", List.of("batch", "in", "-", "--out", "out"));
            assertThat(whole.with(1).err()).contains("13 in = 9 answered + 4 dead letters", "2 invalid_csv, 2 moderation",
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
            assertThat(product.runHere("dead-letters", "replay", "out", "--code", "moderation,timeout").with(0).err())
                    .contains("2 in = 2 answered", "replayed    2 dead letters, skipped 2: 2 invalid_csv");
            outputs = Outputs.of(folder.resolve("out"));
            assertThat(outputs.deadLetterIds()).containsExactlyInAnyOrder("table.csv:7", "table.csv:9");
            assertThat(outputs.resultIds()).contains("table.csv:3", "table.csv:4").hasSize(11);
            assertThat(simulator.bill().completions()).as("two samples of one prompt are two calls").isEqualTo(calls + 2);

            assertThat(product.runHere("batch", "in", "--out", "out").with(1).err()).contains("11 in = 9 answered + 2 dead letters", "paid $0 now");
            assertThat(simulator.bill().completions()).isEqualTo(calls + 2);
            assertThat(Outputs.of(folder.resolve("out")).resultIds()).containsExactlyInAnyOrderElementsOf(outputs.resultIds());
        }
    }

    /** Numbers that no reader of ours takes back, in all that is read; and lines of somebody else's in the outputs. */
    @Test
    void whatCannotBeReadBackIsADeadLetterOrLeftAsItIsAndNothingStandsStill() throws Exception {
        String lines = IntStream.range(0, 18).mapToObj(n -> "{\"id\":\"p%d\",\"prompt\":\"Say %d.\"}%n".formatted(n, n)).collect(Collectors.joining())
                + "{\"id\":\"large\",\"prompt\":\"Hi\",\"metadata\":{\"a\":1e1001}}\n{\"id\":\"small\",\"prompt\":\"Hi\",\"metadata\":{\"a\":1e-5000}}\n"
                + "{\"id\":\"half\",\"prompt\":\"Hi\",\"metadata\":{\"a\":\"\\ud800\"}}\n";
        try (Simulator simulator = Simulator.start(config(Map.of()))) {
            Product product = Product.in(folder).calling(simulator).file("in.jsonl", lines);
            String[] job = {"batch", "in.jsonl", "--out", "out", "--order", "input", "--format", "openai"};
            assertThat(product.runHere(job).with(1).err()).contains("21 in = 18 answered + 3 dead letters", "1 invalid_encoding, 2 invalid_json");
            Outputs outputs = Outputs.of(folder.resolve("out"));
            assertThat(outputs.deadLetter("large").at("/error/message").asText()).contains("metadata.a", "1000 characters");
            assertThat(outputs.deadLetter("large").path("raw_base64").isTextual()).isTrue();
            assertThat(simulator.bill().completions()).isEqualTo(18);

            String foreign = "{\"id\":\"theirs\",\"a\":" + "9".repeat(1_002) + "}\n[1]\nno JSON\n{\"a\":1e99999999999,\"id\":\"x\"}\n";
            for (String file : List.of("results", "costs", "dead-letters", "alerts")) {
                Files.writeString(folder.resolve("out/" + file + ".jsonl"), foreign, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
            }
            assertThat(product.runHere(job).with(1).err()).contains("21 in = 18 answered + 3 dead letters", "paid $0 now", "results.jsonl has 2 lines that are no JSON with an id");
            assertThat(Files.readString(folder.resolve("out/results.jsonl"))).contains(foreign.lines().toList());
            assertThat(Outputs.lines(folder.resolve("out/openai-output.jsonl"))).hasSize(18);
            assertThat(product.runHere("dead-letters", "replay", "out").with(1).err()).contains("3 in = 0 answered + 3 dead letters", "replayed    3 dead letters, skipped 2");
            assertThat(simulator.bill().completions()).isEqualTo(18);
        }
    }

    @Test
    void eachKindIsReadAsWhatItIsOrNotPaidForAtAll() throws Exception {
        try (Simulator simulator = Simulator.start(config(Map.of("simulator.record", "true")))) {
            Product product = Product.in(folder).calling(simulator).file("in/a.json", "[\n  {\n    \"prompt\": \"One.\"\n  },\n  \"Two.\"\n]\n")
                    .file("in/b.TSV", "prompt\tid\nThree, and more.\tb\n").file("in/c.txt", "{\"a\": \"text\"}\n").file("in/notes.md", "No prompt.\n")
                    .file("table", "id,prompt\nx,Four.\n").file("data.parquet", "PAR1\u0015\u0004");
            assertThat(product.runHere("batch", "in", "--out", "out", "--whole-file").with(0).err()).contains("4 in = 4 answered", "not taken: in/notes.md (");
            assertThat(Outputs.of(folder.resolve("out")).resultIds()).containsExactlyInAnyOrder("a.json:1", "a.json:2", "b", "c.txt:1");

            assertThat(product.runHere("batch", "table", "data.parquet", "--out", "refused").with(1).err())
                    .contains("file table cannot be read", "--input-format csv", "file data.parquet cannot be read", "it is binary (Parquet, ");
            assertThat(simulator.bill().completions()).isEqualTo(4);

            product.runHere("id,prompt\nx,Four.\n", List.of("batch", "-", "--out", "csv", "--input-format", "csv")).with(0);
            assertThat(Outputs.of(folder.resolve("csv")).resultIds()).containsExactly("x");
        }
    }

    private static SimulatorConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("simulator.latency", "0ms");
        return Simulated.by(all);
    }
}
