package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Batch jobs as a process: what comes in is answered or a dead letter, each once, and the files say all about it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchIT {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String MODERATED = "openai/gpt-4.1";

    /** As editors of every kind leave files: a byte order mark, CRLF, blank lines, no line feed at the end. */
    private static final String MIXED = "\uFEFF" + """
            {"id":"first","prompt":"Name a river.","tenant":"school","metadata":{"ticket":"A-17","deep":{"n":[1,2]}}}\r
            \r
               \t
            {"prompt":"Name a lake."}
            {"id":7,"messages":[{"role":"user","content":"Name a sea: \u00e6\u00f8\u00e5 \u6d77"}]}\r

            {"custom_id":"openai-1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}],"max_tokens":20}}
            {"custom_id":"openai-2","method":"POST","url":"/v1/embeddings","body":{"model":"gpt-4o-mini","input":"Hi"}}
            {"id":"cut","prompt":"No end
            {"id":"first","prompt":"The same id once more."}
            {"id":"refused","prompt":"Refused at first.","model":"openai/gpt-4.1"}
            {"id":"odd","prompt":"Hi","budget":"huge"}
            {"id":"last","prompt":"No line feed behind this."}""";

    private Path folder;
    private Simulator simulator;
    private Ended mixed;
    private Outputs outputs;

    @BeforeAll
    void runTheMixedJob(@TempDir Path made) throws IOException {
        folder = made;
        simulator = Simulator.start(config(Map.of("simulator.fault.moderation", "100", "simulator.fault.models", MODERATED)));
        Product product = product().file("mixed.jsonl", MIXED).file("other/mixed.jsonl", "{\"prompt\":\"Of a namesake.\"}\n")
                .file("empty.jsonl", "");
        Files.write(folder.resolve("large.jsonl"), large());
        mixed = product.run("batch", "mixed.jsonl", "large.jsonl", "empty.jsonl", "other/mixed.jsonl", "--out", "mixed");
        outputs = Outputs.of(folder.resolve("mixed"));
    }

    @AfterAll
    void stopSimulator() {
        simulator.close();
    }

    /** A line of 12 MB, over the limit of 10 MiB, between two that are answered. */
    private static byte[] large() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write("{\"id\":\"before\",\"prompt\":\"Hi\"}\n{\"id\":\"large\",\"prompt\":\"".getBytes(StandardCharsets.UTF_8));
        bytes.write("x".repeat(12_000_000).getBytes(StandardCharsets.UTF_8));
        bytes.write("\"}\n{\"id\":\"behind\",\"prompt\":\"Hi\"}\n".getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    @Test
    void everyLineOfEveryFileIsAnsweredOrADeadLetter() {
        mixed.with(1);
        assertThat(outputs.resultIds()).containsExactlyInAnyOrder("first", "mixed.jsonl:4", "7", "openai-1", "last", "before", "behind",
                "other/mixed.jsonl:1");
        assertThat(outputs.deadLetters()).map(letter -> letter.path("source").path("file").asText() + ":"
                        + letter.path("source").path("line").asText() + " " + letter.path("error").path("code").asText())
                .containsExactlyInAnyOrder("mixed.jsonl:8 unsupported_url", "mixed.jsonl:9 invalid_json", "mixed.jsonl:10 duplicate_id",
                        "mixed.jsonl:11 moderation", "mixed.jsonl:12 invalid_field", "large.jsonl:2 too_large");
        assertThat(mixed.err()).contains("14 in = 8 answered + 6 dead letters", "1 too_large", "1 duplicate_id")
                .doesNotContain("STOPPED", "MISMATCH");
        assertThat(mixed.out()).as("standard output is left to scripts").isEmpty();
    }

    @Test
    void resultsSayWhereTheyComeFromAndWhatTheRequestGaveThem() {
        JsonNode first = outputs.result("first");
        assertThat(first.path("source")).isEqualTo(Outputs.json("{\"file\":\"mixed.jsonl\",\"line\":1}"));
        assertThat(first.has("key")).isTrue();
        assertThat(first.path("tenant").asText()).isEqualTo("school");
        assertThat(first.path("metadata")).isEqualTo(Outputs.json("{\"ticket\":\"A-17\",\"deep\":{\"n\":[1,2]}}"));
        assertThat(first.path("text").asText()).contains("simulated");
        assertThat(outputs.result("7").path("id").isTextual()).isTrue();
        assertThat(outputs.result("7").path("tenant").asText()).isEqualTo("default");
        assertThat(outputs.result("last").path("source").path("line").asInt()).isEqualTo(13);
        JsonNode openai = outputs.result("openai-1");
        assertThat(openai.path("model_used").asText()).isEqualTo("openai/gpt-4o-mini");
        assertThat(openai.path("usage").path("completion_tokens").asInt()).isBetween(1, 20);
        assertThat(openai.path("finish_reason").asText()).isEqualTo("length");
    }

    @Test
    void costEventsAddUpToTheBillAndBelongToTheirPrompts() {
        BigDecimal sum = outputs.costs().stream().map(event -> event.path("data").path("cost_usd").decimalValue())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(outputs.costs()).hasSameSizeAs(outputs.results());
        assertThat(sum).isPositive().isEqualByComparingTo(outputs.results().stream()
                .map(result -> result.path("cost_usd").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add));
        JsonNode event = outputs.costs().stream().filter(one -> one.path("subject").asText().equals("first")).findFirst().orElseThrow();
        assertThat(event.at("/data/generation_id").asText()).isEqualTo(outputs.result("first").path("generation_id").asText()).startsWith("gen-");
        assertThat(event.path("type").asText()).isEqualTo("promptroutes.cost.v1");
        assertThat(event.path("specversion").asText()).isEqualTo("1.0");
        assertThat(event.path("data").path("tenant").asText()).isEqualTo("school");
        assertThat(event.path("data").path("metadata").path("ticket").asText()).isEqualTo("A-17");
        assertThat(event.path("data").path("cost_source").asText()).isEqualTo("reported");
    }

    @Test
    void deadLettersHoldTheRequestAndCanBeFedInAgain() {
        assertThat(outputs.deadLetter("refused").path("request")).isEqualTo(
                Outputs.json("{\"id\":\"refused\",\"prompt\":\"Refused at first.\",\"model\":\"openai/gpt-4.1\"}"));
        assertThat(outputs.deadLetter("refused").path("attempts").size()).isEqualTo(1);
        JsonNode tooLarge = outputs.deadLetter("large.jsonl:2");
        assertThat(tooLarge.path("raw_bytes").asLong()).isGreaterThan(12_000_000);
        assertThat(tooLarge.toString().length()).isLessThan(200_000);

        simulator.configure(config(Map.of()));
        product().runHere("batch", "mixed/dead-letters.jsonl", "--out", "again").with(1);
        Outputs again = Outputs.of(folder.resolve("again"));
        assertThat(again.resultIds()).as("the one that was no fault of its own, and the one whose id is now the only one")
                .containsExactlyInAnyOrder("refused", "first");
        assertThat(again.result("refused").path("source").path("file").asText()).isEqualTo("dead-letters.jsonl");
        assertThat(again.deadLetters()).map(letter -> letter.path("error").path("code").asText())
                .contains("unsupported_url", "invalid_json", "invalid_field").hasSize(4);
        JsonNode notJson = again.deadLetters().stream().filter(letter -> letter.path("error").path("code").asText().equals("invalid_json"))
                .filter(letter -> letter.has("raw_base64")).findFirst().orElseThrow();
        assertThat(new String(Base64.getDecoder().decode(notJson.path("raw_base64").asText()), StandardCharsets.UTF_8))
                .as("the original bytes, not a letter within a letter").isEqualTo("{\"id\":\"cut\",\"prompt\":\"No end");
    }

    @Test
    void theSampleEndsWith1BecauseTwoOfItsLinesAreBroken() {
        String sample = Path.of("src", "samples", "prompts.jsonl").toAbsolutePath().toString();
        Ended ended = Product.in(folder).runHere("batch", sample, "--simulate", "--out", "sample").with(1);
        Outputs sampled = Outputs.of(folder.resolve("sample"));
        assertThat(sampled.results()).hasSize(18);
        assertThat(sampled.costs()).hasSize(18);
        assertThat(sampled.deadLetters()).hasSize(2);
        assertThat(ended.err()).contains("20 in = 18 answered + 2 dead letters", "1 invalid_json, 1 missing_prompt",
                "fallbacks   none", "cost        $0.00");
    }

    @Test
    void aGoodFileEndsWith0AndTheSameCommandAgainCallsNothing() throws IOException {
        Product product = product().file("good.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":\"b\"}\n").file("none.jsonl", "\n\n");
        assertThat(product.runHere("batch", "good.jsonl", "--out", "deep/good", "--concurrency", "2").with(0).err()).contains("2 in = 2 answered + 0 dead letters");
        assertThat(product.runHere("batch", "none.jsonl", "--out", "none").with(0).err()).contains("0 in = 0 answered + 0 dead letters");
        assertThat(Outputs.of(folder.resolve("none")).results()).isEmpty();

        byte[] before = Files.readAllBytes(folder.resolve("deep/good/results.jsonl"));
        long calls = simulator.bill().requests();
        assertThat(product.runHere("batch", "good.jsonl", "--out", "deep/good").with(0).err()).contains("reused      2 answers worth $", "paid $0 now");
        assertThat(simulator.bill().requests()).isEqualTo(calls);
        assertThat(folder.resolve("deep/good/results.jsonl")).hasBinaryContent(before);
    }

    @Test
    void aFaultInSomebodysRouteIsADeadLetterAndStopsNoOther() {
        Ended ended = Product.in(folder.resolve("own")).calling(simulator)
                .file("in.jsonl", """
                        {"id":"a","prompt":"Fine."}
                        {"id":"b","prompt":"Boom!"}
                        {"id":"c","prompt":"Fine."}
                        """)
                .file("routes/engine/detect-task.camel.yaml", """
                        - route:
                            id: detect-task
                            from:
                              uri: direct:detect-task
                              steps:
                                - choice:
                                    when:
                                      - expression:
                                          simple:
                                            expression: "${variable.text} contains 'Boom'"
                                        steps:
                                          - throwException:
                                              exceptionType: java.lang.IllegalStateException
                                              message: no task for this
                                    otherwise:
                                      steps:
                                        - setVariable:
                                            name: task
                                            expression:
                                              constant:
                                                expression: chat
                        """)
                .runHere("batch", "in.jsonl", "--out", "out").with(1);
        Outputs own = Outputs.of(folder.resolve("own/out"));
        assertThat(own.resultIds()).containsExactlyInAnyOrder("a", "c");
        assertThat(own.deadLetter("b").path("error").path("code").asText()).isEqualTo("internal_error");
        assertThat(own.deadLetter("b").path("request").path("prompt").asText()).isEqualTo("Boom!");
        assertThat(ended.err()).contains("3 in = 2 answered + 1 dead letters", "no task for this").doesNotContain("Boom!");
    }

    @Test
    void theKeyIsInNoLogAndNoFileHoweverMuchIsLogged() throws IOException {
        Path own = folder.resolve("canary");
        Product product = Product.in(own).with("OPENROUTER_BASE_URL", simulator.baseUrl().toString())
                .file("in.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":\"b\",\"tenant\":\"t\"}\n{broken\n")
                .file("trace.properties", """
                        status = trace
                        appender.file.type = File
                        appender.file.name = file
                        appender.file.fileName = ${sys:own.log}
                        appender.file.layout.type = PatternLayout
                        appender.file.layout.pattern = %p %c %m%n%throwable
                        rootLogger.level = trace
                        rootLogger.appenderRef.file.ref = file
                        logger.wire.name = org.apache.hc.client5.http.headers
                        logger.wire.level = trace
                        """)
                .withJvm("-Dlog4j2.configurationFile=trace.properties");
        Running byEnvironment = product.withJvm("-Down.log=a.log").with("OPENROUTER_API_KEY", Product.KEY).start("batch", "in.jsonl",
                "--out", "a", "-D", "camel.main.tracing=true", "-D", "camel.main.autoConfigurationLogSummary=true");
        Running literally = product.withJvm("-Down.log=b.log").start("batch", "in.jsonl", "--out", "b",
                "-D", "openrouter.api-key=" + Product.KEY, "-D", "camel.main.messageHistory=true");
        Running test = product.withJvm("-Down.log=c.log").with("OPENROUTER_API_KEY", Product.KEY).start("test");
        byEnvironment.ended(SOON).with(1);
        literally.ended(SOON).with(1);
        test.ended(SOON).with(0);
        // the search would find it: these logs do hold what Camel and the HTTP client say at TRACE
        assertThat(Files.readString(own.resolve("a.log"))).contains("TRACE org.apache.camel", "org.apache.hc");
        try (Stream<Path> files = Files.walk(own)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(read(file).contains(Product.KEY)).as("the key stands in %s", file).isFalse();
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Product product() {
        return Product.in(folder).calling(simulator);
    }

    private static SimulatorConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("simulator.latency", "0ms");
        return Simulated.by(all);
    }
}
