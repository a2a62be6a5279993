package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job whose results go to standard output. */
@Timeout(240)
class StandardOutIT {

    private static final String[] ASKED = {"batch", "reviews.csv", "--prompt", "ask.mustache", "--schema", "schema.json", "--model", "openai/gpt-4.1-mini", "--out", "-"};

    @TempDir
    private Path folder;
    @AutoClose
    private Simulator simulator;
    private Product product;

    @BeforeEach
    void start() throws Exception {
        simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "20ms")));
        product = Product.in(folder).calling(simulator).file("reviews.csv", "Nr,review\n1,gut für \u20ac 3\n2,\"two\nlines\"\n3,broken,4\n")
                .file("ask.mustache", "Judge {{review}}").file("schema.json", "{\"type\":\"object\",\"properties\":{\"mood\":{\"type\":\"string\"}},\"required\":[\"mood\"]}");
    }

    private static String[] command(String... more) {
        return Stream.concat(Arrays.stream(ASKED), Arrays.stream(more)).toArray(String[]::new);
    }

    private Product.Ended batch(String... more) {
        return product.runHere(command(more));
    }

    @Test
    void linesAreWhatIsAskedForAndARerunIsAnsweredFromTheLedger() {
        Product.Ended first = batch("--result", ".record + .answer").with(1);
        assertThat(first.out().lines()).hasSize(3).contains("{\"Nr\":\"1\",\"review\":\"gut für \u20ac 3\",\"mood\":\"simulated\"}",
                "{\"Nr\":\"2\",\"review\":\"two\\nlines\",\"mood\":\"simulated\"}").anyMatch(line -> line.contains("\"error\":{\"code\":\"invalid_csv\""));
        assertThat(first.err()).contains("3 in = 2 answered + 1 dead letters", "results     standard output");
        assertThat(folder.resolve("-")).doesNotExist();

        Product.Ended table = batch("--format", "csv", "--quiet").with(1);
        assertThat(table.out()).startsWith("Nr,review,mood,error,model_used,cost_usd\n").contains("1,gut für \u20ac 3,simulated,,openai/gpt-4.1-mini,0.");
        assertThat(table.err()).isEmpty();
        assertThat(simulator.bill().requests()).as("nothing is called again").isEqualTo(2);
    }

    @Test
    void recordsAreAskedAboutAsARouteHereDoes() {
        product.file("routes/judges.camel.yaml", """
                - route:
                    id: judges
                    from:
                      uri: direct:judges
                      steps:
                        - to:
                            uri: prompt:judges
                            parameters:
                              prompt: '"Judge \\(.review) + more"'
                              model: openai/gpt-4.1-mini
                              id: .Nr
                              result: '"f\u00fcr \u20ac " + .record.Nr'
                              onFailure: pass
                              window: 3
                """);
        String[] pipeline = {"batch", "reviews.csv", "--pipeline", "judges", "--out", "-", "--quiet"};
        // in which Camel would read the file as ASCII, and Java would write it so
        assertThat(product.with("LC_ALL", "C").run(pipeline).with(1).out().lines()).contains("\"f\u00fcr \u20ac 1\"", "\"f\u00fcr \u20ac 2\"");
        assertThat(product.runHere(pipeline).with(1).out().lines()).contains("\"f\u00fcr \u20ac 1\"", "\"f\u00fcr \u20ac 2\"");
        assertThat(simulator.bill().requests()).isEqualTo(2);
        assertThat(product.runHere("costs", "--by", "pipeline").with(0).out()).contains("judges");

        assertThat(product.runHere("batch", "reviews.csv", "--pipeline", "nobody", "--out", "-").with(2).err()).contains("no route in ./routes has a step prompt:nobody");
        assertThat(product.runHere("batch", "reviews.csv", "--pipeline", "judges", "--model", "a/b", "--out", "-").with(2).err()).contains("goes with none of model");
    }

    @Test
    void nothingNewIsCalledWhereNobodyReadsAnyMore() {
        product.file("many.jsonl", IntStream.range(0, 3_000).mapToObj(n -> "{\"prompt\":\"What is " + n + "?\"}").collect(Collectors.joining("\n")));
        Product.Ended ended = product.behind("bash", "-c", "\"$0\" \"$@\" | head -2; exit ${PIPESTATUS[0]}").run("batch", "many.jsonl", "--out", "-", "--concurrency", "8").with(3);

        assertThat(ended.out().lines()).hasSize(2);
        assertThat(ended.err()).contains("nobody reads standard output any more").doesNotContain("\tat ");
        assertThat(simulator.bill().requests()).isLessThan(2_000);
    }

    @Test
    void whatNeedsAFolderIsRefused() {
        for (List<String> more : List.of(List.of("--order", "input"), List.of("--retry-failed"), List.of("--format", "openai"))) {
            assertThat(batch(more.toArray(String[]::new)).with(2).err()).contains("--out - goes with neither");
        }
    }
}
