package io.promptroutes.cli;

import io.promptroutes.app.Engine;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.settings.RouteFiles;
import java.nio.file.Path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.core.ObjectMappers;
import com.openai.models.chat.completions.ChatCompletion;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a job: its estimate before, the order and the form of its files, and its last table. */
class BatchViewTest {

    private static final List<String> PROMPTS = List.of("Write a python function that sorts %s", "Tell me a short story about river %s",
            "Explain why lake %s matters and compare it with others", "Calculate 17 + %s", "Hello, how are you, %s?", "What is the capital of %s?");
    private static final List<String> BUDGETS = List.of("budget", "balanced", "premium", "free");
    private static final String LAST = """
            {"id":"cut","prompt":"No end
            {"custom_id":"openai","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}}
            {"id":"tools","prompt":"What time is it?","model":"openai/gpt-4.1","tools":[{"type":"function","function":{"name":"time","parameters":{}}}]}
            {"id":"all","prompt":"Compare tea with coffee.","strategy":"compare"}
            {"id":"slow","prompt":"Refused at first.","model":"openai/gpt-4.1-nano"}
            {"prompt":"Without an id."}
            """;

    @TempDir
    private Path folder;
    private Simulator simulator;

    private record Ended(int exit, String out, String err) {
    }

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(config("100"));
        String many = IntStream.range(0, 400).mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"%s\",\"budget\":\"%s\"}%n".formatted(number,
                PROMPTS.get(number % 6).formatted(number), BUDGETS.get(number / 6 % 4))).collect(Collectors.joining());
        Files.writeString(folder.resolve("many.jsonl"), many + LAST);
        Files.writeString(folder.resolve("few.jsonl"), "{\"id\":\"z\",\"prompt\":\"The first of the next file.\"}\n{\"id\":\"a\",\"prompt\":\"The last.\"}\n");
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private static SimulatorConfig config(String refused) {
        return Simulated.by(Map.of("simulator.latency", "5ms", "simulator.fault.moderation", refused, "simulator.fault.models", "openai/gpt-4.1-nano",
                "simulator.latency.tail.percent", "5", "simulator.latency.tail", "400ms"));
    }

    private Ended batch(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("batch", folder.resolve("many.jsonl").toString(), folder.resolve("few.jsonl").toString(),
                "--out", folder.resolve("out").toString(), "-D", "openrouter.base-url=" + simulator.baseUrl(),
                "-D", "ledger.directory=" + folder.resolve("data"), "-D", "catalogue.copy=" + folder.resolve("models.json")));
        arguments.addAll(List.of(options));
        int exit = PromptRoutes.execute(arguments.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
        return new Ended(exit, out.toString(), err.toString());
    }

    private Ended paid(String... options) {
        return batch(Stream.concat(Stream.of("-D", "openrouter.api-key=any"), Stream.of(options)).toArray(String[]::new));
    }

    @Test
    void anEstimateCallsNothingAndIsNearTheBill() {
        Ended estimate = batch("--estimate");
        assertThat(estimate.exit()).as(estimate.err()).isZero();
        assertThat(simulator.bill().requests()).isZero();
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(folder.resolve("data")).doesNotExist();
        assertThat(estimate.out()).contains("408 prompts; nothing was called", "1 invalid_json", "geometric mean");
        assertThat(total(estimate.out(), "calls")).as("407 prompts, one of which asks three models").isEqualTo(409);

        Ended job = paid("--confirm-above", "1000");
        assertThat(job.exit()).as(job.err()).isEqualTo(1);
        double bill = simulator.bill().billedUsd().doubleValue();
        assertThat(bill).isBetween(total(estimate.out(), "low"), total(estimate.out(), "high"));
        assertThat(total(estimate.out(), "expected") / bill).as("expected by billed").isBetween(1 / 1.5, 1.5);
        assertThat(job.err()).contains("408 in = 406 answered + 2 dead letters", "estimated: $", "estimated $", "p95 ms");

        Ended again = batch("--estimate");
        assertThat(total(again.out(), "calls")).as("what was answered or stands as a dead letter").isZero();
        assertThat(total(again.out(), "before")).isEqualTo(409);
        Ended fresh = batch("--estimate", "--fresh");
        assertThat(fresh.out()).contains("earlier ones in the mean");
        assertThat(total(fresh.out(), "expected") / bill).as("expected of known lengths by billed").isBetween(0.9, 1.1);
        System.out.printf("estimate: expected $%s, with known lengths $%s, billed $%s%n", total(estimate.out(), "expected"),
                total(fresh.out(), "expected"), bill);
    }

    @Test
    void whatMayCostMoreThanIsAllowedIsNotCalledWhereNobodyCanBeAsked() {
        Ended refused = paid("--confirm-above", "0.001");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("above --confirm-above 0.001", "no terminal to ask on", "fallbacks come on top", "--max-cost")
                .doesNotContain("cost up to");
        assertThat(simulator.bill().requests()).isZero();
    }

    /** As with a file in ./routes that names the queue of calls itself. */
    @Test
    @Timeout(60)
    void anEstimateCallsNothingWhereverARouteLeads() throws Exception {
        RouteSettings settings = RoutesUnderTest.settings(simulator.baseUrl().toString(), Map.of());
        AdmissionGate intake = settings.intake(true);
        Engine.Use use = new Engine.Use("openrouter", false, null, null, RouteFiles.engine(Path.of("")), Map.of("prompts.first-queue", "call", "alerts.account-watch", "off",
                "management.port", "", "costs.to", "", "alerts.to", "direct:alert-to-log"), null);
        try (Engine engine = new Engine(settings, intake, new JobStatistics(), use)) {
            engine.configured(camel -> EstimateRun.withoutCalls(camel, intake, false));
            Pipeline pipeline = engine.pipeline(RoutesUnderTest.POLICY, settings.prompts(), 10);
            engine.start();
            assertThat(engine.catalogue().live()).as("the catalogue may be asked for").isTrue();
            byte[] line = "{\"prompt\":\"Hi\"}".getBytes(StandardCharsets.UTF_8);
            assertThat(pipeline.window().take()).isTrue();
            engine.tally().take();
            engine.ask(pipeline, null, new Inbound(Source.line("test", 1), null, line, false, line.length), ending -> { });
            pipeline.window().awaitFinished();
            assertThat(intake.reason()).contains("no estimate: a file in ./routes");
        }
        assertThat(simulator.bill().requests()).isZero();
    }

    @Test
    void linesStandInTheOrderOfTheInputWhateverCameLater() throws IOException {
        assertThat(paid("--order", "input", "--quiet").exit()).isEqualTo(1);
        List<String> prompts = Stream.of(IntStream.range(0, 400).mapToObj(number -> "p-" + number), Stream.of("openai", "tools", "all", "many.jsonl:406",
                "z", "a")).flatMap(ids -> ids).toList();
        assertThat(ids("results.jsonl", "id")).isEqualTo(prompts);
        assertThat(ids("dead-letters.jsonl", "id")).containsExactly("many.jsonl:401", "slow");

        // the dead letter is answered now, in its place; a line is new, and one has moved
        simulator.configure(config("0"));
        List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve("many.jsonl")));
        lines.add(0, lines.remove(7));
        lines.add(0, "{\"id\":\"new\",\"prompt\":\"At the top.\"}");
        Files.write(folder.resolve("many.jsonl"), lines);
        Path results = folder.resolve("out/results.jsonl");
        Files.writeString(results, Files.readString(results).replaceFirst("\n", "\r\n\n")); // an editor was at it
        Ended second = paid("--order", "input", "--retry-failed");
        assertThat(second.exit()).as(second.err()).isEqualTo(1);
        List<String> expected = new ArrayList<>(prompts);
        expected.add(0, expected.remove(7));
        expected.add(0, "new");
        expected.add(expected.indexOf("all") + 1, "slow");
        expected.remove("many.jsonl:406"); // it has another name now
        assertThat(ids("results.jsonl", "id")).filteredOn(id -> !id.startsWith("many.jsonl")).isEqualTo(expected);
        assertThat(ids("dead-letters.jsonl", "id")).as("under the name that it has now alone").containsExactly("many.jsonl:402");

        // no room to put them into order: as a full disk, this leaves them as they are
        Path blocked = Files.createDirectories(folder.resolve("out/results.jsonl.part/blocked"));
        String before = Files.readString(results);
        Ended third = paid("--order", "input", "--quiet");
        assertThat(third.exit()).as(third.err()).isEqualTo(3);
        assertThat(third.err()).contains("are not finished", "go on with:").doesNotContain("a fault in");
        assertThat(Files.readString(results)).startsWith(before);
        Files.delete(blocked);
        assertThat(paid("--order", "input", "--quiet").exit()).isEqualTo(1);
        assertThat(results).hasContent(before);
        assertThat(folder.resolve("out/results.jsonl.part")).doesNotExist();

        // somebody has broken a line, of which no OpenAI line can be made; it keeps nobody from going on
        Files.writeString(results, "{\"id\":\n" + before);
        assertThat(paid("--format", "openai", "--quiet")).satisfies(broken -> assertThat(broken.exit()).as(broken.err()).isEqualTo(1));
        assertThat(results).content().startsWith("{\"id\":\n{");
        assertThat(lines("openai-output.jsonl")).hasSize(before.split("\n").length);
    }

    @Test
    void openAisClientReadsTheAnswersAndTheErrorsOfNewAndReusedOnes() throws IOException {
        paid("--quiet");
        assertThat(folder.resolve("out/openai-output.jsonl")).doesNotExist();
        assertThat(paid("--format", "openai", "--order", "input").err()).contains("reused      406 answers");
        assertThat(simulator.bill().completions()).as("nothing was called again").isEqualTo(408);
        assertThat(ids("openai-output.jsonl", "custom_id")).isEqualTo(ids("results.jsonl", "id")).hasSize(406);
        assertThat(ids("openai-errors.jsonl", "custom_id")).containsExactly("many.jsonl:401", "slow");
        for (JsonNode line : lines("openai-output.jsonl")) {
            assertThat(fields(line)).containsExactly("id", "custom_id", "response", "error");
            assertThat(line.path("id").asText()).startsWith("batch_req_");
            assertThat(line.path("error").isNull()).isTrue();
            assertThat(fields(line.path("response"))).containsExactly("status_code", "request_id", "body");
            ChatCompletion body = ObjectMappers.jsonMapper().readValue(line.at("/response/body").toString(), ChatCompletion.class).validate();
            assertThat(body.choices()).hasSize(line.path("custom_id").asText().equals("all") ? 3 : 1)
                    .allSatisfy(choice -> assertThat(choice.message().content().orElseThrow()).contains("simulated"));
            assertThat(body.usage().orElseThrow().totalTokens()).isPositive();
            assertThat(body.created()).isGreaterThan(1_700_000_000);
        }
        assertThat(ids("openai-output.jsonl", "id")).doesNotHaveDuplicates();
        List<JsonNode> errors = lines("openai-errors.jsonl");
        assertThat(errors.get(0).path("response").isNull()).isTrue();
        assertThat(errors.get(0).at("/error/code").asText()).isEqualTo("invalid_json");
        assertThat(errors.get(1).at("/response/status_code").asInt()).isEqualTo(403);
        assertThat(fields(errors.get(1).at("/response/body/error"))).containsExactly("message", "type", "param", "code");
    }

    private List<JsonNode> lines(String file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("out").resolve(file))) {
            lines.add(Json.MAPPER.readTree(line));
        }
        return lines;
    }

    private List<String> ids(String file, String field) throws IOException {
        return lines(file).stream().map(line -> line.path(field).asText()).toList();
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** A figure of the table's last line. */
    private static double total(String table, String column) {
        String[] cells = table.lines().filter(line -> line.startsWith("total")).findFirst().orElseThrow().split("\\s+");
        return Double.parseDouble(cells[List.of("total", "calls", "before", "in", "out", "low", "expected", "high").indexOf(column)]);
    }
}
