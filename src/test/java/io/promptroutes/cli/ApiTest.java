package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.app.Engine;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.ClaimRequest;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Settlement;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.ledger.Work;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.model.CostSource;
import io.promptroutes.ops.Api;
import io.promptroutes.ops.LastRequests;
import io.promptroutes.ops.Management;
import io.promptroutes.ops.Overview;
import io.promptroutes.ops.PageFile;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import io.promptroutes.settings.BudgetSettings;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service says at its management port about its calls, once thirty prompts have met faults. */
class ApiTest {

    private static final String SCRIPT = "</script><script>alert(1)</script>";
    private static final int PROMPTS = 30;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;
    private static Simulator simulator;
    private static Ledger ledger;
    private static Engine engine;
    private static Management management;
    private static Overview overview;

    @BeforeAll
    static void answerSomePrompts() throws InterruptedException {
        simulator = Simulator.start(Simulated.by(Map.of("simulator.seed", "5", "simulator.latency", "5ms", "simulator.retry-after", "0",
                "simulator.fault.rate-limited", "25", "simulator.fault.server-error", "25", "simulator.fault.moderation", "5")));
        ledger = Ledger.open(TestLedgers.made(folder.resolve("ledger")));
        Map<String, String> keys = Map.of("management.port", "0", "budget.total.day", "5", "budget.tenant.acme.day", "1");
        ledger.limits(new BudgetSettings(settings(keys)).limits());
        management = new Management(settings(keys));
        engine = start(keys, ledger, management);
        for (int i = 0; i < PROMPTS; i++) {
            pipeline(engine).window().take();
            engine.tally().take();
            byte[] line = "{\"id\":%s,\"prompt\":\"A secret number %d\",\"tenant\":\"%s\",\"task\":\"%s\",\"strategy\":\"%s\",\"metadata\":{\"note\":%s}}".formatted(
                    quoted((i == 7 ? SCRIPT : "p-") + i), i, i % 3 == 0 ? "acme" : "school", i % 2 == 0 ? "code" : "chat", i == 11 ? "compare" : "smart",
                    quoted(SCRIPT)).getBytes(StandardCharsets.UTF_8);
            engine.ask(pipeline(engine), null, new Inbound(Source.line("test", i), null, line, false, line.length), ending -> { });
        }
        await().atMost(Duration.ofSeconds(90)).until(() -> pipeline(engine).window().unfinished() == 0);
    }

    private static String quoted(String text) {
        return Json.MAPPER.valueToTree(text).toString();
    }

    private static Settings settings(Map<String, String> keys) {
        return Settings.load(folder.resolve("no-settings-here"), Map.of(), keys);
    }

    private static Pipeline pipeline(Engine of) {
        return of.pipelines().get(0);
    }

    private static Engine start(Map<String, String> keys, Ledger ledger, Management management) {
        Map<String, String> all = new HashMap<>(Map.of("ledger.enabled", "on"));
        all.putAll(keys);
        RouteSettings routes = RoutesUnderTest.settings(simulator.baseUrl().toString(), all);
        Map<String, String> service = new HashMap<>(management.settings());
        service.putAll(Map.of("costs.to", "", "alerts.to", "direct:alert-to-log"));
        Engine started = new Engine(routes, routes.intake(false), new JobStatistics(), new Engine.Use("openrouter", false, ledger, null, RouteFiles.engine(Path.of("")), service, null));
        started.configured(management::open);
        overview = new Overview(ledger, started.tally(), started.intake()::reason, started::pipelines);
        started.bind(new Api(ledger, overview, new LastRequests(ledger)).beans());
        started.bind(Map.of("lookout", (Processor) exchange -> { }));
        started.pipeline(RoutesUnderTest.POLICY, routes.prompts(), routes.window());
        started.start();
        return started;
    }

    @AfterAll
    static void stop() {
        engine.close();
        ledger.close();
        simulator.close();
    }

    private static HttpResponse<String> get(Management of, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(of.address() + path)).timeout(Duration.ofSeconds(20));
        return HTTP.send((headers.length == 0 ? request : request.headers(headers)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(String path) throws Exception {
        HttpResponse<String> answer = get(management, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        return Json.MAPPER.readTree(answer.body());
    }

    private static List<JsonNode> requests(String query) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        json("/api/requests" + query).path("requests").forEach(all::add);
        return all;
    }

    @Test
    void figuresAreThoseOfTheCommandCosts() throws Exception {
        JsonNode usage = json("/api/usage");
        assertThat(usage.path("ledger").asBoolean()).isTrue();
        assertThat(usage.at("/total/requests").asInt()).isGreaterThan(PROMPTS);
        assertThat(usage.path("total")).isEqualTo(json("/observe/costs").get(0));
        for (Figures.By by : List.of(Figures.By.MODEL, Figures.By.DAY, Figures.By.TASK, Figures.By.TENANT, Figures.By.SOURCE, Figures.By.REASON)) {
            String name = by.name().toLowerCase(Locale.ROOT);
            List<JsonNode> rows = new ArrayList<>();
            usage.path("by_" + name).forEach(rows::add);
            assertThat(rows).as(name).isNotEmpty().usingElementComparator((one, other) -> without(one, by).equals(without(other, by)) ? 0 : 1)
                    .containsExactlyElementsOf(json("/observe/costs?by=" + name));
            assertThat(rows.stream().map(row -> row.path("cost_usd").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add))
                    .isEqualByComparingTo(usage.at("/total/cost_usd").decimalValue());
        }
        assertThat(usage.at("/total/cost_usd").decimalValue()).isEqualByComparingTo(simulator.bill().billedUsd());
        assertThat(usage.at("/by_model/0/p50_ms").isIntegralNumber() && usage.at("/by_model/0/p95_ms").isIntegralNumber()).isTrue();
        assertThat(json("/api/usage?since=2030-01-01").at("/total/requests").asInt()).isZero();
    }

    private static JsonNode without(JsonNode row, Figures.By by) {
        return by == Figures.By.MODEL ? row : row.<ObjectNode>deepCopy().without(List.of("p50_ms", "p95_ms"));
    }

    @Test
    void failuresFallbacksBudgetsAndWhatRunsNowAreTold() throws Exception {
        JsonNode usage = json("/api/usage");
        assertThat(usage.path("by_reason").findValuesAsText("reason")).contains("rate_limited", "provider_error").doesNotContain("not_recorded");
        assertThat(usage.path("by_source").findValuesAsText("source")).contains("reported", "not billed");
        assertThat(usage.path("budgets").findValuesAsText("limit_usd")).containsExactly("1", "5");
        assertThat(usage.at("/budgets/1/left_usd").decimalValue().add(usage.at("/total/cost_usd").decimalValue())).isEqualByComparingTo("5");
        JsonNode now = usage.path("now");
        assertThat(now.path("taken").asInt()).isEqualTo(PROMPTS);
        assertThat(now.path("in_flight").asInt() + now.path("unfinished").asInt()).isZero();
        assertThat(now.path("paused").isNull()).isTrue();
        assertThat(now.path("answered").asInt() + now.path("dead_letters").valueStream().mapToInt(JsonNode::asInt).sum()).isEqualTo(PROMPTS);
    }

    @Test
    void theLastRequestsComeLatestFirstWithTheirRoutingAndWithoutTheirTexts() throws Exception {
        List<JsonNode> all = requests("");
        assertThat(all).hasSize(PROMPTS).extracting(request -> request.path("at").asText()).isSortedAccordingTo((one, other) -> other.compareTo(one));
        assertThat(all).extracting(request -> request.path("id").asText()).doesNotHaveDuplicates().contains(SCRIPT + "7");
        assertThat(all).allSatisfy(request -> {
            assertThat(request.at("/routing/candidates")).isNotEmpty();
            assertThat(request.at("/routing/reason").asText()).isNotBlank();
            assertThat(request.toString()).doesNotContain("secret number").doesNotContain(" answers prompt ");
        });
        assertThat(all).filteredOn(request -> request.has("branches")).as("a comparison is one request").hasSize(1)
                .allSatisfy(request -> assertThat(request.path("branches").size()).isGreaterThan(1));
        assertThat(all).filteredOn(request -> request.at("/fallback/level").asInt() > 0)
                .allSatisfy(request -> assertThat(request.at("/fallback/attempts")).isNotEmpty());
        assertThat(requests("?limit=4")).isEqualTo(all.subList(0, 4));
        assertThat(requests("?tenant=acme&task=code")).isEqualTo(all.stream().filter(request -> request.path("tenant").asText().equals("acme")
                && request.at("/routing/task").asText().equals("code")).toList()).isNotEmpty();
        List<JsonNode> failed = requests("?status=failed");
        assertThat(failed).hasSize(engine.tally().deadByCode().values().stream().mapToInt(Long::intValue).sum())
                .allSatisfy(request -> assertThat(request.at("/error/code").asText()).isNotBlank());
    }

    @ParameterizedTest
    @CsvSource({"/api/usage?since=yesterday, neither a day", "/observe/costs?last=10001, last must be a number of at least 1 and at most 10000",
        "/api/requests?limit=many, limit must be a number", "/api/requests?limit=1&limit=2, limit must be a number", "/api/requests?limit=, limit must be a number",
        "/api/requests?limit=-1, limit must be a number of at least 1", "/api/requests?limit=101, limit must be a number of at least 1 and at most 100"})
    void aQuestionThatCannotBeReadIsToldSo(String path, String why) throws Exception {
        HttpResponse<String> answer = get(management, path);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Json.MAPPER.readTree(answer.body()).path("error").asText()).contains(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page.css", "/page.js", "/chart.js", "/api/usage", "/api/requests", "/observe/costs"})
    void noHeaderIsTheAskersAndAllAreStrict(String path) throws Exception {
        HttpResponse<String> answer = get(management, path + "?Access-Control-Allow-Origin=*&Set-Cookie=a%3Db", "X-Mine", "1", "Authorization", "Bearer x");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map()).doesNotContainKeys("access-control-allow-origin", "set-cookie", "x-mine", "authorization");
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElse("")).startsWith("default-src 'none'").doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    static Stream<Arguments> unreadableQuestions() throws Exception {
        return new String(ApiTest.class.getResourceAsStream("unreadable-questions.txt").readAllBytes(), StandardCharsets.UTF_8).lines()
                .filter(line -> !line.startsWith("#")).map(line -> {
                    Matcher repeated = Pattern.compile("\\{(\\d+)\\*([^}]+)}").matcher(line);
                    String whole = repeated.replaceAll(found -> found.group(2).repeat(Integer.parseInt(found.group(1))));
                    String bytes = Pattern.compile("\\\\x([0-9a-f]{2})").matcher(whole).replaceAll(found -> String.valueOf((char) Integer.parseInt(found.group(1), 16)));
                    return Arguments.of(line, bytes.split("\t")[0], bytes.contains("\t") ? bytes.split("\t")[1] : "127.0.0.1");
                });
    }

    /** Camel makes headers of parameters, and headers of the answer of these; what is in them may also be meant for a log or a terminal. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadableQuestions")
    void aQuestionThatCannotBeReadIsRefusedAtOnceWithoutAnEcho(String name, String target, String host) throws Exception {
        String answer = raw("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nX-Forged: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContain("Content-Security-Policy: none").doesNotContainIgnoringCase("forged")
                .doesNotContainIgnoringCase("set-cookie").doesNotContainIgnoringCase("location").doesNotContain("since: ", "gzip", "\u001b", "\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 16", "Content-Length: 5000000000", "Transfer-Encoding: chunked"})
    void aQuestionWithABodyIsNotWaitedFor(String header) throws Exception {
        String answer = raw("GET /api/usage HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n" + header
                + "\r\n\r\nSet-Cookie=forged");
        assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContainIgnoringCase("set-cookie");
    }

    private static String raw(String question) throws Exception {
        URI address = URI.create(management.address());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(question.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.1", "0", "2130706433", "0x7f.1", "127.0.0.01", "nowhere.invalid", "192.0.2.1", "256.1.1.1", "a b", "::g"})
    void aHostThatIsNotOursIsRefusedByItsKey(String host) {
        assertThatThrownBy(() -> new Management(settings(Map.of("management.port", "0", "management.host", host, "management.token", "t"))))
                .isInstanceOf(UsageException.class).hasMessageContaining("management.host");
    }

    /** A page elsewhere may have a name that leads to this machine: a browser would let it read what is here. */
    @Test
    void withoutATokenOnlyTheNamesOfThisMachineAreAnswered() throws Exception {
        for (String host : List.of("elsewhere.example", "127.0.0.1.elsewhere.example")) {
            assertThat(status(host)).isEqualTo("HTTP/1.1 403 Forbidden");
        }
        assertThat(status("localhost:8081")).isEqualTo("HTTP/1.1 200 OK");
    }

    private static String status(String host) throws Exception {
        URI address = URI.create(management.address());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream().write(("GET /api/requests HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().findFirst().orElse("");
        }
    }

    @Test
    void aTokenGuardsFiguresAndNotThePageAndALedgerThatIsOffIsToldSo() throws Exception {
        Map<String, String> keys = Map.of("management.port", "0", "management.token", "s3cret", "ledger.enabled", "off");
        Management guarded = new Management(settings(keys));
        Engine started = start(keys, null, guarded);
        try {
            assertThat(Stream.of("/", "/page.css", "/page.js", "/chart.js").map(path -> status(guarded, path))).containsOnly(200);
            assertThat(Stream.of("/api/usage", "/api/requests", "/observe/health", "//", "/page.css/../api/usage").map(path -> status(guarded, path))).containsOnly(401);
            JsonNode usage = Json.MAPPER.readTree(get(guarded, "/api/usage", "Authorization", "Bearer s3cret").body());
            assertThat(usage.path("ledger").asBoolean()).isFalse();
            assertThat(usage.at("/now/taken").isIntegralNumber()).isTrue();
            assertThat(Json.MAPPER.readTree(get(guarded, "/api/requests", "Authorization", "Bearer s3cret").body()).path("requests")).isEmpty();
        } finally {
            started.close();
        }
    }

    /** A ledger that takes its time must not hold up the probes, or whoever restarts what does not answer them would restart the service. */
    @Test
    void manyWhoAskForFiguresAtOnceHoldUpNobodyElse() throws Exception {
        Map<String, String> keys = Map.of("management.port", "0");
        Management busy = new Management(settings(keys));
        Engine started = start(keys, ledger, busy);
        List<CompletableFuture<Integer>> asked = new ArrayList<>();
        try {
            synchronized (overview) { // none comes to an end
                for (int i = 0; i < 40; i++) {
                    asked.add(HTTP.sendAsync(HttpRequest.newBuilder(URI.create(busy.address() + "/api/usage")).build(), HttpResponse.BodyHandlers.ofString())
                            .thenApply(HttpResponse::statusCode));
                }
                await().atMost(Duration.ofSeconds(20)).until(() -> asked.stream().filter(CompletableFuture::isDone).count() >= 30);
                assertThat(status(busy, "/observe/health/live")).isEqualTo(200);
            }
            assertThat(asked.stream().map(CompletableFuture::join)).contains(200, 503).containsOnly(200, 503);
            assertThat(status(busy, "/api/usage")).isEqualTo(200);
        } finally {
            started.close();
        }
    }

    private static int status(Management of, String path) {
        try {
            return get(of, path).statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The data stands in a script element, which ends at the first end tag, whatever that stands in. */
    @Test
    void aPageFileHoldsTheFiguresAndNothingInThemEndsTheirElement() throws Exception {
        JsonNode usage = json("/api/usage");
        JsonNode requests = json("/api/requests");
        String page = PageFile.of(usage, requests);
        String start = "<script type=\"application/json\" id=\"data\">";
        String data = page.substring(page.indexOf(start) + start.length());
        JsonNode read = Json.MAPPER.readTree(data.substring(0, data.indexOf("</script>")));
        assertThat(read.path("usage")).isEqualTo(usage);
        assertThat(read.path("requests")).isEqualTo(requests);
        assertThat(page).doesNotContain("alert(1)</script>", "src=\"", "href=\"page", "sourceMappingURL").contains("script-src 'sha256-");
    }

    @ParameterizedTest
    @CsvSource({"table, ' 0.0000001 '", "csv, ',0.0000001,'"})
    void noAmountIsWrittenWithAnExponent(String format, String amount) throws Exception {
        Path own = Files.createTempDirectory(folder, "tiny");
        try (Ledger tiny = Ledger.open(TestLedgers.made(own))) {
            book(tiny, new BigDecimal("0.0000001"));
            Exchange asked = new DefaultExchange(new DefaultCamelContext());
            Api api = new Api(tiny, new Overview(tiny, null, null, null), new LastRequests(tiny));
            Processor usage = (Processor) api.beans().get("usage");
            usage.process(asked);
            assertThat(asked.getMessage().getBody(String.class)).contains("\"cost_usd\":0.0000001,").doesNotContainPattern("\\dE-");
            api.close();
            usage.process(asked);
            assertThat(asked.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).as("when the service ends").isEqualTo(503);
        }
        StringWriter out = new StringWriter();
        assertThat(PromptRoutes.execute(new String[] {"costs", "--format", format, "-D", "ledger.directory=" + own, "-D", "openrouter.api-key=none"},
                new PrintWriter(out), new PrintWriter(System.err))).isZero();
        assertThat(out.toString()).contains(amount).doesNotContainPattern("\\dE-");
    }

    /** A name that somebody gave is no formula to a spreadsheet, steers no terminal, and fills no screen; figures stay figures. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '|', value = {"=HYPERLINK(\"http://x\"), \"'=HYPERLINK(\"\"http://x\"\")\"", "+1, '+1", "-1, '-1", "@SUM(A1), '@SUM(A1)", "\uff1d1, '\uff1d1",
        "a;b, \"a;b\"", "school-1, school-1", "|  =1|, |'  =1|"})
    void aTenantsNameIsNoFormulaInCsv(String tenant, String cell) throws Exception {
        assertThat(costs(tenant, "m", "--by", "tenant", "--format", "csv").lines().skip(1)).singleElement().asString().startsWith(cell + ",1,0.0000001,");
    }

    @Test
    void namesOfOthersAreShownInOneLineAndCut() throws Exception {
        String hostile = "m\u001b]0;x\u0007\u001b[31m\u202eab\n2\u0085\u2028" + "x".repeat(5_000_000);
        for (String format : List.of("table", "csv")) {
            String shown = costs("t", hostile, "--by", "model", "--format", format);
            assertThat(shown.lines()).hasSize(2).allSatisfy(line -> assertThat(line).hasSizeLessThan(600));
            assertThat(shown).contains("m\\u001b]0;x\\u0007\\u001b[31m\\u202eab\\u000a2\\u0085\\u2028xx").doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u202e\u2028]");
        }
    }

    private static String costs(String tenant, String served, String... options) throws Exception {
        Path own = Files.createTempDirectory(folder, "names");
        try (Ledger names = Ledger.open(TestLedgers.made(own))) {
            book(names, new BigDecimal("0.0000001"), tenant, served);
        }
        List<String> line = new ArrayList<>(List.of("costs", "-D", "ledger.directory=" + own, "-D", "openrouter.api-key=none"));
        line.addAll(List.of(options));
        StringWriter out = new StringWriter();
        assertThat(PromptRoutes.execute(line.toArray(String[]::new), new PrintWriter(out), new PrintWriter(System.err))).isZero();
        return out.toString();
    }

    private static void book(Ledger ledger, BigDecimal usd) {
        book(ledger, usd, "t", "m");
    }

    private static void book(Ledger ledger, BigDecimal usd, String tenant, String served) {
        Work work = new Work(WorkId.of("p", "t", "i", new byte[0]), "job", "", "i", "i", tenant, "chat", false);
        ClaimAnswer.Reserved claim = (ClaimAnswer.Reserved) ledger.claim(new ClaimRequest(work, 1, 0, "m", BigDecimal.ONE, false)).join();
        ledger.settle(claim.claimId(), new Settlement(Settlement.State.SUCCEEDED, null, served, "v", null, usd, CostSource.REPORTED, 1L, null, null)).join();
    }
}
