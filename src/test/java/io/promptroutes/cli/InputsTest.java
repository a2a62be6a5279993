package io.promptroutes.cli;

import io.promptroutes.flow.PromptWindow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.promptroutes.file.Arrivals;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.prompt.PlainSettings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Which files a batch reads, and which of their prompts. */
class InputsTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void someFiles() throws IOException {
        Files.createDirectories(folder.resolve("in/sub/empty"));
        for (String name : List.of("in/b.txt", "in/a.jsonl", "in/c.CSV.gz", "in/notes.md", "in/.hidden.txt", "in/sub/b.txt", "in/sub/d.csv", "in/s[1].txt")) {
            Files.writeString(folder.resolve(name), "prompt\n" + name + "\n");
        }
        Files.writeString(folder.resolve("many.txt"), IntStream.range(0, 1_000).mapToObj(n -> "prompt " + n).collect(Collectors.joining("\n")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            in                      | a.jsonl:1 a.jsonl:2 b.txt:1 b.txt:2 c.CSV.gz:2 s[1].txt:1 s[1].txt:2
            in/sub in/b.txt         | b.txt:1 b.txt:2 d.csv:2 $/in/b.txt:1 $/in/b.txt:2
            in/notes.md             | notes.md:1 notes.md:2
            in/s[1].txt             | s[1].txt:1 s[1].txt:2
            --input-format=TEXT in/*.md | notes.md:1 notes.md:2
            in/**/*.csv             | d.csv:2
            in/**.{csv,jsonl}       | a.jsonl:1 a.jsonl:2 d.csv:2
            i*/b.t?t                | b.txt:1 b.txt:2
            """)
    void filesAreFoundInOrderAndNamedByTheirOwnNamesWhereTheyCan(String given, String expected) {
        assertThat(read(given.split(" "))).isEqualTo(Arrays.asList(expected.replace("$", folder.toString()).split(" ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nowhere.csv          | does not exist
            in/sub/empty         | is a folder without files that end in .jsonl
            in/*.nix             | matches no file that ends in .jsonl
            nowhere/*.csv        | matches no file
            in/a[b               | in/a[b is neither a file nor a pattern: Missing ']
            in/{a,b              | is neither a file nor a pattern: Missing '}
            in/b.txt in          | is given twice
            out                  | is --out
            --limit 0 in         | a number from 1 on
            --limit 1 --sample 1 in | exclude each other
            --sample 2 -         | reads its input twice
            """)
    void whatCannotBeMeantIsRefused(String given, String reason) throws IOException {
        Files.createDirectories(folder.resolve("out"));
        assertThatThrownBy(() -> read(given.split(" "))).isInstanceOf(UsageException.class).hasMessageContaining(reason);
    }

    @Test
    void aTrialTakesTheFirstOrTheSameOnesOfAllEachTimeAndALargerOneTheSmaller() {
        assertThat(read("--limit", "2", "many.txt", "in/b.txt")).containsExactly("many.txt:1", "many.txt:2");
        List<String> sample = read("--sample", "50", "many.txt");
        assertThat(sample).hasSize(50).isEqualTo(read("--sample", "50", "many.txt"));
        assertThat(read("--sample", "80", "many.txt")).hasSize(80).containsAll(sample);
        double middle = sample.stream().mapToInt(id -> Integer.parseInt(id.split(":")[1])).average().orElseThrow();
        assertThat(middle).as("from everywhere").isBetween(350.0, 650.0);
        assertThat(read("--sample", "5000", "many.txt")).hasSize(1_000);
    }

    @Test
    void aFileWhosePathIsAnothersNameTakesItsPlaceFromNobody() throws IOException {
        Path here = Files.writeString(Path.of("same-name-" + folder.getFileName() + ".txt"), "here");
        try {
            Files.writeString(folder.resolve(here), "there");
            Inputs inputs = CommandLine.populateCommand(new Inputs(), folder.resolve(here).toString(), here.toString());
            inputs.find(folder.resolve("out"));
            assertThat(inputs.names()).containsExactly(here.toString(), here.toAbsolutePath().normalize().toString());
        } finally {
            Files.delete(here);
        }
    }

    @Test
    void aPatternDoesNotTakeTheJobsOwnOutputsForPrompts() throws IOException {
        Files.createDirectories(folder.resolve("out"));
        for (String name : List.of("out/results.jsonl", "out/dead-letters.jsonl", "out/prompts.jsonl", "outer.jsonl")) {
            Files.writeString(folder.resolve(name), "line\n");
        }
        assertThat(read("**.jsonl")).containsExactly("a.jsonl:1", "a.jsonl:2", "prompts.jsonl:1", "outer.jsonl:1");
        assertThat(read("out/dead-letters.jsonl")).as("who names it means it").containsExactly("dead-letters.jsonl:1");
    }

    @Test
    void thePromptsOfATrialAreNotCountedAndNoCountOutlivesItsJob() {
        try (InputCount trial = new InputCount((intake, tally) -> {
            throw new IllegalStateException("nothing is to be read");
        }, inputs("--sample", "7", "many.txt").most())) {
            assertThat(trial.total()).isEqualTo(7);
        }
        List<Thread> counting = new CopyOnWriteArrayList<>();
        Inputs all = inputs("many.txt");
        try (InputCount count = new InputCount((intake, tally) -> {
            counting.add(Thread.currentThread());
            return all.open(PlainSettings.get(), UnaryOperator.identity(), intake, tally);
        }, all.most())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> !counting.isEmpty());
        }
        assertThat(counting).singleElement().satisfies(thread -> assertThat(thread.isAlive()).isFalse());
    }

    /** The paths are below the folder. */
    private Inputs inputs(String... arguments) {
        String[] absolute = Arrays.stream(arguments).map(one -> one.matches("-.*|\\d+") ? one : folder + "/" + one).toArray(String[]::new);
        Inputs inputs = CommandLine.populateCommand(new Inputs(), absolute);
        inputs.find(folder.resolve("out"));
        return inputs;
    }

    private List<String> read(String... arguments) {
        Inputs inputs = inputs(arguments);
        List<String> read = new ArrayList<>();
        AdmissionGate intake = new AdmissionGate(Duration.ofSeconds(1), Duration.ofSeconds(1), true, Clock.systemUTC());
        try (Arrivals arrivals = inputs.open(PlainSettings.get(), UnaryOperator.identity(), new PromptWindow(intake, 10_000), new JobStatistics())) {
            arrivals.forEachRemaining(arrival -> read.add(arrival.source().defaultId()));
        }
        return read;
    }
}
