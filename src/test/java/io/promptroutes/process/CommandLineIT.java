package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as scripts rely on it: exit codes, what goes to which stream, and where settings come from. */
class CommandLineIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    /** Nobody listens there. */
    private static final String NOWHERE = "http://127.0.0.1:9/api/v1";

    @TempDir
    private Path folder;
    private Simulator simulator;

    @BeforeEach
    void startSimulator() {
        simulator = simulator(Map.of());
    }

    @AfterEach
    void stopSimulator() {
        simulator.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version"})
    void everyCommandTellsItsHelpAndVersion(String option) {
        Product product = Product.in(folder);
        for (String command : List.of("", "batch", "ask", "models", "test", "simulator")) {
            Ended ended = (!command.isEmpty() ? product.runHere(command, option) : option.equals("--version") ? product.run(option) : product.runHere(option)).with(0);
            assertThat(ended.err()).as(command).isEmpty();
            if (option.equals("--help")) {
                assertThat(ended.out()).startsWith(("Usage: prompt-routes " + command).stripTrailing()).contains("--version");
            } else {
                assertThat(ended.out()).matches("prompt-routes \\d+\\.\\d+\\.\\d+, Java \\d+[^\\n]*\\n");
            }
        }
    }

    /** A page of stack traces says less. */
    @Test
    void whereSqlitesLibraryCannotBeUnpackedOneLineSaysWhatToDo() {
        Path none = folder.resolve("none");
        Ended ended = Product.in(folder).withJvm("-Dorg.sqlite.tmpdir=" + none).run("costs").with(2);
        assertThat(ended.err()).hasLineCount(1).contains(none.toString()).contains("-Dorg.sqlite.tmpdir=");
    }

    @Test
    void whatCannotBeUnderstoodIsExit2AndNamesTheFault() {
        Product product = Product.in(folder).calling(simulator).file("in.jsonl", "{\"prompt\":\"Hi\"}\n");
        record Wrong(List<String> arguments, List<String> told) {
        }
        List<Wrong> all = List.of(
                new Wrong(List.of("in.jsonl", "--out", "o", "--concurency", "3"), List.of("--concurency")),
                new Wrong(List.of("--out", "o"), List.of("INPUT")),
                new Wrong(List.of("in.jsonl"), List.of("--out")),
                new Wrong(List.of("nowhere.jsonl", "--out", "o"), List.of("nowhere.jsonl", "does not exist")),
                new Wrong(List.of("in.jsonl", "in.jsonl", "--out", "o"), List.of("in.jsonl", "twice")),
                new Wrong(List.of("in.jsonl", "--out", "in.jsonl"), List.of("--out", "in.jsonl", "not a folder")),
                new Wrong(List.of("in.jsonl", "--out", "o", "--concurrency", "many"), List.of("--concurrency", "many")),
                new Wrong(List.of("in.jsonl", "--out", "o", "--concurrency", "0"),
                        List.of("prompts.concurrency", "\"0\"", "command line", "1 to 10000")));
        all.forEach(one -> assertThat(product.runHere(Stream.concat(Stream.of("batch"), one.arguments().stream()).toArray(String[]::new)).with(2).err())
                .contains(one.told()));
        assertThat(product.runHere().with(2).err()).contains("a command is missing", "batch", "ask");
        assertThat(product.runHere("bach").with(2).err()).contains("bach");
        assertNothingWasCalled();
        assertThat(folder.resolve("o")).doesNotExist();
    }

    @Test
    void aUsageErrorIsALineWithWhatWasMeantAndWhereMoreIs() {
        Product product = Product.in(folder).calling(simulator).file("in.jsonl", "{\"prompt\":\"Hi\"}\n");
        Ended option = product.runHere("ask", "Hi", "--modle", "x");
        Ended command = product.runHere("bach", "in.jsonl");
        Ended value = product.runHere("batch", "in.jsonl", "--out", "o", "--input-format", "xml");
        assertThat(option.with(2).err().lines()).hasSize(2).anySatisfy(line -> assertThat(line).contains("--modle", "did you mean --model?"))
                .anySatisfy(line -> assertThat(line).contains("prompt-routes ask --help"));
        assertThat(command.with(2).err()).contains("did you mean batch?", "Commands: batch, ");
        assertThat(value.with(2).err()).contains("--input-format", "xml", "CSV");
        assertNothingWasCalled();
    }

    /** Under a locale without umlauts the text would be asked with ? in it, and paid. */
    @Test
    void lettersThatTheLocaleDoesNotKnowAreExit2WithTheRemedy() throws IOException {
        Product product = Product.in(folder).calling(simulator).with("LC_ALL", "C");
        Product shell = product.behind("sh", "-c", "printf '{\"prompt\":\"Hi\"}\\n' > in/$(printf '\\303\\244').jsonl; exec \"$@\" \"$(printf '\\303\\244')\"", "sh");
        Files.createDirectories(folder.resolve("in"));
        Running argument = shell.start("ask");
        assertThat(argument.ended(SOON).with(2).err()).contains("LC_ALL=C.UTF-8");
        assertThat(product.run("batch", "in", "--out", "o").with(2).err()).contains("INPUT in/", "LC_ALL=C.UTF-8");
        Product variable = product.behind("sh", "-c", "export PROMPTS_SYSTEM=$(printf '\\303\\244'); exec \"$@\"", "sh");
        assertThat(variable.run("ask", "Hi").with(2).err()).contains("prompts.system", "environment", "LC_ALL=C.UTF-8");
        assertNothingWasCalled();
        assertThat(folder.resolve("o")).doesNotExist();
        only(shell.with("LC_ALL", "C.UTF-8").run("ask").with(0));
    }

    @Test
    void askReadsStandardInput() throws IOException {
        Running asked = Product.in(folder).calling(simulator).start("ask", "-", "--budget", "huge");
        asked.process().getOutputStream().write("{\"not\": \"a request\"}\nbut text \u00e4\n".getBytes(StandardCharsets.UTF_8));
        asked.process().getOutputStream().close();
        assertThat(only(asked.ended(SOON).with(1)).at("/request/prompt").asText()).isEqualTo("{\"not\": \"a request\"}\nbut text \u00e4");
    }

    @Test
    void whatIsReachedByMaxCostSaysHowToGoOnAndWhatWasNotRead() {
        Product product = Product.in(folder).calling(simulator)
                .file("in.jsonl", IntStream.range(0, 500).mapToObj(n -> "{\"prompt\":\"Say " + n + ".\",\"model\":\"openai/gpt-4.1\"}\n").collect(Collectors.joining()));
        assertThat(product.run("batch", "in.jsonl", "--out", "o", "--max-cost", "0.03", "--concurrency", "2", "-D", "prompts.window=10").with(3).err())
                .contains("more were not read", "go on, with a higher limit, with:", "--max-cost USD").doesNotContain("--max-cost 0.03");
    }

    @Test
    void aSettingThatCannotBeUsedIsExit2AndNamesKeyOriginAndWhatIsAllowed() {
        Product product = Product.in(folder).calling(simulator).file("in.jsonl", "{\"prompt\":\"Hi\"}\n");
        record Wrong(String setting, List<String> told) {
        }
        List<Wrong> all = List.of(
                new Wrong("prompts.concurency=3", List.of("unknown key prompts.concurency", "command line",
                        "did you mean prompts.concurrency?")),
                new Wrong("retry.backof=1s", List.of("unknown key retry.backof", "did you mean retry.backoff?")),
                new Wrong("nothing-like-it=1", List.of("unknown key nothing-like-it")),
                new Wrong("prompts.concurrency=many", List.of("prompts.concurrency", "command line", "\"many\"",
                        "whole number from 1 to 10000")),
                new Wrong("retry.backoff=soon", List.of("retry.backoff", "command line", "\"soon\"", "a duration such as")),
                new Wrong("prompts.format=xml", List.of("prompts.format", "\"xml\"", "one of auto, json, text, openai")),
                new Wrong("detection.rules=magic", List.of("detection.rules", "\"magic\"", "one of lexicon, keywords")),
                new Wrong("fallback.free=perhaps", List.of("fallback.free", "\"perhaps\"", "one of on, off")),
                new Wrong("models.profile=none", List.of("models.profile", "\"none\"", "models.none.")));
        all.forEach(one -> assertThat(product.runHere("batch", "in.jsonl", "--out", one.setting().split("=")[0], "-D", one.setting()).with(2).err())
                .contains(one.told()));
        assertThat(product.runHere("batch", "in.jsonl", "--out", "o", "-D", "openrouter.base-url=somewhere").with(2).err())
                .contains("openrouter.base-url", "somewhere", "http");
        assertThat(product.runHere("ask", "Hi", "--simulate", "-D", "simulator.latency=slow").with(2).err()).contains("simulator.latency");
        assertNothingWasCalled();

        // nothing is left behind that would stand in the way of the job once the setting is right
        product.runHere("batch", "in.jsonl", "--out", "detection.rules").with(0);
        assertThat(Outputs.of(folder.resolve("detection.rules")).results()).hasSize(1);
    }

    @Test
    void aJobNeedsNoSecretsOfKafka() {
        Product product = Product.in(folder).calling(simulator).file("in.jsonl", "{\"prompt\":\"Hi\"}\n")
                .file("application.properties", "kafka.client.sasl.jaas.config=file:nowhere\nkafka.group=\n");
        product.runHere("batch", "in.jsonl", "--out", "o").with(0);
        assertThat(product.runHere("run").with(2).err()).contains("kafka.client.sasl.jaas.config", "kafka.group");
    }

    @Test
    void eachFaultOfARouteFileIsARowOfTheCheck() {
        Product product = Product.in(folder).calling(simulator).file("routes/engine/more.camel.yaml",
                "- route:\n    id: more\n    from:\n      uri: direct:more\n      steps:\n        - process:\n            ref: preparCall\n").file("routes/engine/call.yaml", "")
                .file("routes/mine.camel.yaml", "- route:\n    id: mine\n    from:\n      uri: direct:mine\n      steps:\n        - process:\n            ref: prepareCall\n"
                        + "        - log: '{{user.mine}}'\n");
        assertThat(product.runHere("check", "--offline").with(2).out()).contains("MEND     no bean is called preparCall", "where: routes/engine/more.camel.yaml line 6",
                "do:    did you mean prepareCall?", "MEND     no bean is called prepareCall", "where: routes/mine.camel.yaml line 6", "do:    name one that is there",
                "MEND     there is no key user.mine", "where: routes/engine/call.yaml", "3 to mend, 1 warning;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"retryOrNext", "retryOrNext(", "retryOrNext(*, x)", "retryOrNext(3)", "retryOrNext(*, 3"})
    void aPolicyThatCannotBeCalledIsTold(String policy) throws IOException {
        String file = "routes/engine/fallback.camel.yaml";
        Product product = Product.in(folder).calling(simulator).file(file,
                Files.readString(Path.of(file)).replace("retryOrNext(*, {{retry.rate-limited.calls}})", policy));
        assertThat(product.runHere("check", "--offline").with(2).out()).contains("where: " + file + " line 24", "do:    write retryOrNext(*, NUMBER)");
    }

    @Test
    void brokenFilesInTheWorkingDirectoryAreNamed() {
        List<Ended> ended = List.of(
                Product.in(folder.resolve("b")).calling(simulator).file("application.properties", "prompts.system=\\u12\n").runHere("ask", "Hi"),
                Product.in(folder.resolve("c")).calling(simulator).file("application.properties", "retry.backof=1s\n").runHere("ask", "Hi"),
                Product.in(folder.resolve("d")).calling(simulator).file("application.properties", "retry.backoff=-1\n").runHere("ask", "Hi"),
                Product.in(folder.resolve("e")).calling(simulator).file("routes/engine/call.camel.yaml", "- route: [\n").runHere("ask", "Hi"),
                Product.in(folder.resolve("f")).calling(simulator).file("routes/mine.camel.yaml",
                        "- route:\n    id: mine\n    form:\n      uri: direct:mine\n").runHere("run"),
                Product.in(folder.resolve("g")).calling(simulator).file("routes/call.camel.yaml", "- route: [\n").runHere("run"),
                Product.in(folder.resolve("h")).calling(simulator).file("routes/mine.camel.yaml", "- route:\n    id: mine\n    from:\n      uri: seda:mine\n"
                        + "      parameters:\n        concurentConsumers: 2\n      steps:\n        - log: a\n").runHere("run"),
                Product.in(folder.resolve("j")).calling(simulator).file("routes/mine.camel.yaml", "- route:\n    id: mine\n    from:\n      uri: seda:mine\n"
                        + "      steps:\n        - to:\n            uri: prompt:mine\n            parameters:\n              completeWithin: 6h\n").runHere("run"),
                Product.in(folder.resolve("i")).calling(simulator).runHere("detect", "--evaluate", "nowhere.jsonl"));
        List<List<String>> told = List.of(List.of("application.properties", "cannot be read"),
                List.of("retry.backof", "application.properties", "retry.backoff"),
                List.of("retry.backoff", "application.properties", "a duration"),
                List.of("while parsing a flow node in routes/engine/call.camel.yaml, line 2, column 1; expected the node content"),
                List.of("Unsupported field: form in routes/mine.camel.yaml, line 2, column 5"),
                List.of("routes/call.camel.yaml is in the folder of pipelines; move it to routes/engine/call.camel.yaml"),
                List.of("an address of seda has no option concurentConsumers in routes/mine.camel.yaml line 6; did you mean concurrentConsumers?"),
                List.of("complete_within: '6h' is not one of 24h in routes/mine.camel.yaml line 9"),
                List.of("nowhere.jsonl does not exist"));
        for (int i = 0; i < told.size(); i++) {
            assertThat(ended.get(i).with(2).err()).contains(told.get(i)).doesNotContain("\tat ");
        }
        assertNothingWasCalled();
    }

    @Test
    void withoutAKeyNothingIsCalledAndTheTwoWaysOutAreTold() {
        Product product = Product.in(folder).with("OPENROUTER_BASE_URL", simulator.baseUrl().toString())
                .file("in.jsonl", "{\"prompt\":\"Hi\"}\n");
        List<Ended> ended = List.of(product.runHere("ask", "Hi"), product.runHere("batch", "in.jsonl", "--out", "o"), product.runHere("test"),
                product.with("OPENROUTER_API_KEY", "  ").runHere("ask", "Hi"),
                product.runHere("ask", "Hi", "-D", "openrouter.api-key=file:no-such-file"));
        ended.forEach(one -> assertThat(one.with(2).err()).contains("OPENROUTER_API_KEY", "--simulate"));
        assertNothingWasCalled();
        assertThat(folder.resolve("o")).doesNotExist();
    }

    @Test
    void testTellsAGoodKeyFromABadOneAndFromAServerThatIsNotThere() {
        simulator.configure(config(Map.of("simulator.key", Product.KEY)));
        Product product = Product.in(folder).calling(simulator);
        Ended good = product.runHere("test");
        Ended bad = product.with("OPENROUTER_API_KEY", "sk-or-v1-other").runHere("test");
        Ended nowhere = product.with("OPENROUTER_BASE_URL", NOWHERE).runHere("test");
        assertThat(good.with(0).out()).contains("key       good", "left", simulator.baseUrl().toString());
        assertThat(bad.with(3).out()).contains("refused with HTTP 401").doesNotContain("key       good");
        assertThat(nowhere.with(3).out()).contains(NOWHERE, "cannot be reached");
        assertNothingWasCalled();
    }

    @Test
    void modelsShowsTodaysPricesOrThoseOfTheJar() {
        Product product = Product.in(folder).calling(simulator);
        Ended online = product.runHere("models");
        Ended offline = product.with("OPENROUTER_BASE_URL", NOWHERE).runHere("models");
        Ended old = product.runHere("models", "-D", "models.profile=models-2024");
        assertThat(online.with(0).out()).contains("of OpenRouter, now", "openai/gpt-4.1-mini", "smart.code.balanced");
        assertThat(offline.with(0).out()).contains("of the copy in the jar, 2026-08-15", "openai/gpt-4.1-mini");
        assertThat(old.with(0).out()).contains("google/gemini-pro", "NOT LISTED");
        assertNothingWasCalled();
    }

    @Test
    void askPrintsOneJsonObjectAndNothingElse() {
        Product product = Product.in(folder).calling(simulator);
        JsonNode own = only(product.run("ask", "Name a river.", "--model", "openai/gpt-4.1-mini").with(0));
        assertThat(own.path("status").asText()).isEqualTo("success");
        assertThat(own.path("model_used").asText()).isEqualTo("openai/gpt-4.1-mini");
        assertThat(own.path("text").asText()).contains("simulated");
        assertThat(own.path("cost_usd").decimalValue()).isEqualByComparingTo(simulator.bill().billedUsd()).isPositive();

        // a slash at the end, which is easily typed, changes nothing
        only(product.with("OPENROUTER_BASE_URL", simulator.baseUrl() + "/").runHere("ask", "Name a river.").with(0));

        JsonNode smart = only(product.runHere("ask", "Write a haiku.", "--budget", "free", "--simulate", "-D", "simulator.latency=0ms").with(0));
        assertThat(smart.path("routing").path("budget").asText()).isEqualTo("free");
        assertThat(simulator.bill().requests()).as("--simulate beats the environment").isEqualTo(2);
    }

    @Test
    void askPrintsADeadLetterWhereNoModelAnswers() {
        String model = "gr\u00f6\u00dfe/\u6a21\u578b";
        simulator.configure(config(Map.of("simulator.fault.moderation", "100", "simulator.models.extra", model)));
        // LC_ALL: standard output is UTF-8 whatever the terminal's character set
        Product product = Product.in(folder).calling(simulator).with("LC_ALL", "C")
                .file("application.properties", "models.alias.short=" + model + "\n");
        JsonNode letter = only(product.run("ask", "Hi", "--model", "short").with(1));
        assertThat(letter.path("status").asText()).isEqualTo("failed");
        assertThat(letter.path("error").path("code").asText()).isEqualTo("moderation");
        assertThat(letter.path("attempts")).hasSize(1);
        assertThat(letter.path("attempts").path(0).path("model").asText()).isEqualTo(model);
        assertThat(letter.path("request").path("prompt").asText()).isEqualTo("Hi");
        assertThat(only(product.runHere("ask", "Hi", "--budget", "huge").with(1)).path("error").path("code").asText()).isEqualTo("invalid_field");
    }

    @Test
    void askWithARefusedKeyIsExit3WithoutADeadLetter() {
        simulator.configure(config(Map.of("simulator.key", "another")));
        Ended ended = Product.in(folder).calling(simulator).runHere("ask", "Hi").with(3);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("key", "OPENROUTER_API_KEY").doesNotContain(Product.KEY);
        assertThat(simulator.bill().requests()).isEqualTo(1);
    }

    @Test
    void commandLineBeatsEnvironmentBeatsFileBeatsJar() {
        // the output cap of a general task tells which value held: 1000 in the jar
        Product jar = Product.in(folder.resolve("jar")).calling(simulator);
        Product file = Product.in(folder.resolve("file")).calling(simulator).file("application.properties", "tasks.general.max-tokens=201\n");
        Product environment = file.with("TASKS_GENERAL_MAX_TOKENS", "202");
        String[] ask = {"ask", "What is the capital of Mongolia?"};
        List<Ended> ended = List.of(jar.runHere(ask), file.runHere(ask), environment.run(ask), environment.runHere("ask", ask[1], "-D", "tasks.general.max-tokens=203"));
        assertThat(ended).map(one -> only(one.with(0)).path("routing").path("config").path("max_tokens").asInt())
                .containsExactly(1000, 201, 202, 203);
    }

    @Test
    void aRouteFileOfTheSameNameReplacesTheJarsAndTheOthersStay() throws Exception {
        String shipped = Files.readString(Path.of("routes", "engine", "detect-task.camel.yaml"));
        String own = """
                - route:
                    id: detect-task
                    from:
                      uri: direct:detect-task
                      steps:
                        - setVariable:
                            name: task
                            expression:
                              constant:
                                expression: math
                """;
        assertThat(shipped).contains("direct").contains("detect-task");
        JsonNode result = only(Product.in(folder).calling(simulator).file("routes/engine/detect-task.camel.yaml", own)
                .runHere("ask", "Write a poem about the sea.").with(0));
        assertThat(result.path("routing").path("task").asText()).isEqualTo("math");
        assertThat(result.path("routing").path("config").path("max_tokens").asInt()).isEqualTo(800);
    }

    @Test
    void anEndpointOfOnesOwnNeedsNoKeyAndKeysAreNeverShown() throws IOException {
        HttpServer own = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        own.createContext("/", http -> {
            boolean models = http.getRequestMethod().equals("GET");
            http.getRequestBody().readAllBytes();
            byte[] body = (models ? "{\"data\":[{\"id\":\"local\"}]}"
                    : "{\"id\":\"chatcmpl-1\",\"model\":\"local\",\"choices\":[{\"message\":{\"content\":\"From home.\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}").getBytes(StandardCharsets.UTF_8);
            http.sendResponseHeaders(http.getRequestHeaders().containsKey("Authorization") ? 401 : 200, body.length);
            http.getResponseBody().write(body);
            http.close();
        });
        own.start();
        Product product = Product.in(folder).with("OPENROUTER_API_KEY", "");
        String url = "http://127.0.0.1:" + own.getAddress().getPort();
        product.runHere("ask", "Hi").with(2);
        product.runHere("providers", "add", "own", "--url", url).with(0);
        Ended added = product.runHere("providers", "add", "literal", "--url", url, "--key", Product.KEY).with(0);
        product.runHere("providers", "use", "own").with(0);
        assertThat(only(product.runHere("ask", "Hi", "--model", "local").with(0)).path("text").asText()).isEqualTo("From home.");
        Ended listed = product.runHere("providers", "list").with(0);
        assertThat(listed.out()).containsPattern("\\* own +openai +" + url + " +key none").contains("  literal").doesNotContain(Product.KEY);
        assertThat(added.out() + added.err()).contains("env:NAME or file:PATH is safer").doesNotContain(Product.KEY);
        assertThat(product.runHere("providers", "test", "own").with(0).out()).contains("HTTP 200, 1 models");
        product.runHere("providers", "remove", "own").with(0);
        product.runHere("ask", "Hi").with(2);
        own.stop(0);
    }

    @Test
    void aTenantsLimitIsARowThatHoldsFromThenOn() {
        Product product = Product.in(folder).calling(simulator).file("prompts.jsonl", """
                {"id":"a","prompt":"Hi","tenant":"school","model":"openai/gpt-4.1"}
                {"id":"b","prompt":"Hi","tenant":"other","model":"openai/gpt-4.1"}
                """);
        product.runHere("budgets", "set", "school", "--day", "0.000001").with(0);
        assertThat(product.runHere("budgets", "set", "school", "--day", "-1").with(2).err()).contains("an amount in US dollars");
        product.runHere("batch", "prompts.jsonl", "--out", "out").with(0);
        assertThat(Outputs.of(folder.resolve("out")).result("a").path("model_used").asText()).as("all that the limit leaves").endsWithIgnoringCase("free");
        assertThat(Outputs.of(folder.resolve("out")).result("b").path("model_used").asText()).isEqualTo("openai/gpt-4.1");
        assertThat(product.runHere("budgets", "list").with(0).out()).contains("limit: tenant school, $0.000001 a day (row)");

        product.runHere("budgets", "remove", "school").with(0);
        product.runHere("batch", "prompts.jsonl", "--out", "out", "--fresh").with(0);
        assertThat(Outputs.of(folder.resolve("out")).result("a").path("model_used").asText()).isEqualTo("openai/gpt-4.1");
    }

    private static JsonNode only(Ended ended) {
        assertThat(ended.out()).endsWith("}\n");
        assertThat(ended.out().strip()).doesNotContain("\n");
        return Outputs.json(ended.out());
    }

    private void assertNothingWasCalled() {
        assertThat(simulator.bill().requests()).as("calls that could have cost something").isZero();
    }

    private static Simulator simulator(Map<String, String> settings) {
        return Simulator.start(config(settings));
    }

    private static SimulatorConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("simulator.latency", "0ms");
        return Simulated.by(all);
    }
}
