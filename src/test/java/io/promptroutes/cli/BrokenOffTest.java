package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.settings.RouteFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's copy of an engine's file has a step that throws inside a clause: no prompt is lost by it, and none has two ends. */
class BrokenOffTest {

    private static final String ASKED = "{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}";
    private static final String JSON = "{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\",\"response_format\":{\"type\":\"json_object\"}}";
    private static final String COMPARED = "{\"prompt\":\"Hello\",\"strategy\":\"compare\",\"comparison\":\"diverse\"}";
    private static final String OWN = "a step of somebody's own";
    private static final String THROWS = """
            - throwException:
                id: %s
                exceptionType: java.lang.IllegalStateException
                message: "a step of somebody's own"
            """;
    private static final Pattern POLICIES = Pattern.compile("(?m)^ +- bean:$");
    private static final Reply NO_TOOLS = Reply.error(404, "No endpoints found that support tool use.");

    @TempDir
    private Path folder;
    private ScriptedServer server;

    /** @param clause of fallback.camel.yaml; attempt, the kind that the one call is told as */
    private record Case(String clause, String request, Reply reply, String attempt) {

        @Override
        public String toString() {
            return clause;
        }
    }

    private static final Set<Case> CASES = Set.of(
            new Case("rate-limited", ASKED, Reply.error(429, "slow down"), "rate_limited"),
            new Case("free-limit", ASKED, Reply.error(429, "Rate limit exceeded: free-models-per-day"), "free_limit"),
            new Case("no-answer", ASKED, Reply.reset(), "connection"),
            new Case("invalid-output", JSON, Reply.answer(), "invalid_output"),
            new Case("output-cut", JSON, Reply.choice("{\"index\":0,\"finish_reason\":\"length\",\"message\":{\"content\":\"{\"}}",
                    "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":" + Reply.COST + "}"), "output_cut"),
            new Case("request-unaffordable", ASKED, Reply.error(402, "Prompt tokens limit exceeded: 64128 > 6964."), "request_unaffordable"),
            new Case("insufficient-credit", ASKED, Reply.error(402, "Insufficient credits. Add more to continue."), "insufficient_credit"),
            new Case("key-refused", ASKED, Reply.error(401, "No auth credentials found"), "key_refused"),
            new Case("model-gone", ASKED, Reply.error(404, "openai/gpt-4.1-mini is not a valid model ID"), "model_gone"),
            new Case("no-endpoint", ASKED, NO_TOOLS, "no_endpoint"),
            new Case("context-length", ASKED, Reply.error(400, "This endpoint's maximum context length is 10 tokens. However, you requested about 20 tokens."),
                    "context_length"),
            new Case("refused-request", ASKED, Reply.error(400, "temperature: must be at most 2"), "bad_request"),
            new Case("timed-out", ASKED, Reply.silence(), "timeout"));

    @BeforeEach
    void startServer() {
        server = new ScriptedServer();
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void aStepBeforeThePolicyMakesADeadLetterAndFreesThePermit() throws IOException {
        own("fallback", POLICIES, THROWS);
        deadLetters(CASES.stream());
    }

    @Test
    void aStepBehindThePolicyDoesSoToo() throws IOException {
        own("fallback", Pattern.compile("(?m)(?<=^ {16}method: .{1,60}\\n)"), THROWS);
        Set<String> alone = Set.of("rate-limited", "no-answer", "invalid-output", "output-cut", "request-unaffordable", "no-endpoint", "refused-request", "timed-out");
        deadLetters(CASES.stream().filter(one -> alone.contains(one.clause()))); // what the other policies do is not of one prompt
    }

    private void deadLetters(Stream<Case> cases) {
        Map<Boolean, List<Case>> timedOut = cases.collect(Collectors.partitioningBy(one -> one.clause().equals("timed-out")));
        deadLetters(timedOut.get(false).stream(), "20s");
        deadLetters(timedOut.get(true).stream(), "2s");
    }

    private void deadLetters(Stream<Case> cases, String timeout) {
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder.resolve("ledger-" + timeout))); RoutesUnderTest routes = start(ledger, Map.of("openrouter.timeout", timeout))) {
            cases.forEach(one -> deadLetter(one, routes));
            assertThat(ledger.figures().last(100)).hasSize(2 * routes.results().size()).noneMatch(call -> call.state().equals("open"));
            assertThat(ledger.history().budgets()).allSatisfy(budget -> assertThat(budget.reservedUsd()).isZero());
        }
    }

    private void deadLetter(Case one, RoutesUnderTest routes) {
        int before = routes.deadLetters().size();
        server.script(one.reply());
        JsonNode dead = routes.ask(one.request());
        assertThat(dead.at("/error/code").asText()).as("%s: %s", one, dead).isEqualTo("internal_error");
        assertThat(dead.at("/error/message").asText()).contains(OWN);
        assertThat(dead.at("/request/prompt").asText()).isEqualTo("Hello");
        assertThat(dead.path("attempts")).singleElement().satisfies(attempt -> assertThat(attempt.path("error").asText()).startsWith(one.attempt() + ":"));
        assertThat(routes.ask(ASKED).path("status").asText()).as("the one permit is free after %s", one).isEqualTo("success");
        assertThat(server.calls()).hasSize(2);
        await().until(() -> routes.window().unfinished() == 0);
        assertThat(routes.intake().inFlight()).isZero();
        assertThat(routes.tally().calling()).isZero();
        assertThat(routes.deadLetters()).hasSize(before + 1);
        assertThat(routes.results()).hasSize(before + 1);
    }

    @Test
    void whatAPaidCallHasCostIsInTheLedgerAndTheDeadLetter() throws IOException {
        own("fallback", POLICIES, THROWS);
        try (Ledger ledger = ledger()) {
            try (RoutesUnderTest routes = start(ledger, Map.of())) {
                JsonNode dead = routes.ask(JSON);
                assertThat(dead.at("/error/code").asText()).isEqualTo("internal_error");
                assertThat(dead.path("text").asText()).as("it was paid for").isEqualTo("Good.");
                assertThat(dead.path("cost_usd").decimalValue()).isEqualByComparingTo(Reply.COST);
                assertThat(routes.costsOf(dead)).singleElement().satisfies(event -> assertThat(event.at("/data/cost_usd").decimalValue()).isEqualByComparingTo(Reply.COST));
            }
            assertThat(ledger.figures().last(5)).singleElement().satisfies(call -> {
                assertThat(call.state()).isEqualTo("failed");
                assertThat(call.costUsd()).isEqualByComparingTo(Reply.COST);
            });
            try (RoutesUnderTest routes = start(ledger, Map.of())) {
                assertThat(routes.ask(JSON).at("/error/code").asText()).as("the ledger has this end").isEqualTo("internal_error");
                assertThat(server.calls()).hasSize(1);
            }
        }
    }

    @Test
    void aBranchOfAComparisonHasFailedAndTheOthersAnswer() throws IOException {
        own("fallback", POLICIES, THROWS);
        server.byModel(Map.of("openai/gpt-4.1", NO_TOOLS));
        try (RoutesUnderTest routes = start(null, Map.of("prompts.concurrency", "2"))) {
            assertThat(StreamSupport.stream(routes.ask(COMPARED).path("model_results").spliterator(), false)
                    .map(row -> row.path("status").asText() + " " + row.at("/error/code").asText("-")))
                    .containsExactly("success -", "failed internal_error", "success -", "success -", "success -");
            server.byModel(Map.of());
            server.scriptThen(NO_TOOLS);
            JsonNode dead = routes.ask(COMPARED);
            assertThat(dead.at("/error/code").asText()).isEqualTo("internal_error");
            assertThat(dead.path("attempts")).hasSize(5);
            await().until(() -> routes.window().unfinished() == 0);
            assertThat(routes.intake().inFlight()).isZero();
            assertThat(routes.results()).hasSize(1);
            assertThat(routes.deadLetters()).hasSize(1);
        }
    }

    @Test
    void anAnswerIsNotLostByWhatFailsBehindIt() throws IOException {
        own("fallback", POLICIES, THROWS);
        own("call", step("called"), THROWS);
        try (RoutesUnderTest routes = start(null, Map.of())) {
            assertThat(routes.ask(ASKED).path("status").asText()).isEqualTo("success");
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void anAnswerThatWasNotCheckedIsNone() throws IOException {
        own("fallback", POLICIES, THROWS);
        own("call", step("check-output"), THROWS);
        try (RoutesUnderTest routes = start(null, Map.of())) {
            JsonNode dead = routes.ask(JSON);
            assertThat(dead.at("/error/code").asText()).isEqualTo("internal_error");
            assertThat(dead.path("text").asText()).isEqualTo("Good.");
            assertThat(dead.path("cost_usd").decimalValue()).isEqualByComparingTo(Reply.COST);
        }
    }

    @Test
    void theClauseForFaultsMayThrowAsWell() throws IOException {
        own("publish", step("name-defect"), THROWS);
        own("prompt", step("choose"), THROWS);
        try (RoutesUnderTest routes = start(null, Map.of())) {
            JsonNode dead = routes.ask(ASKED);
            assertThat(dead.at("/error/code").asText()).isEqualTo("internal_error");
            assertThat(dead.at("/request/prompt").asText()).isEqualTo("Hello");
            await().until(() -> routes.window().unfinished() == 0);
            assertThat(routes.deadLetters()).hasSize(1);
        }
    }

    @Test
    void anErrorIsAFaultLikeAnyOther() {
        try (RoutesUnderTest routes = throwing("buildRun")) {
            JsonNode dead = routes.ask(ASKED);
            assertThat(dead.at("/error/code").asText()).isEqualTo("internal_error");
            assertThat(dead.at("/error/message").asText()).contains("StackOverflowError", OWN);
            await().until(() -> routes.window().unfinished() == 0);
            assertThat(routes.intake().inFlight()).isZero();
        }
    }

    @Test
    void aPromptOfWhichNothingIsKnownYetGivesItsPlaceBack() {
        try (RoutesUnderTest routes = throwing("parsePrompt")) {
            routes.send(ASKED);
            await().until(() -> routes.window().unfinished() == 0);
        }
    }

    /** Of an Error Camel calls nobody back. */
    private RoutesUnderTest throwing(String bean) {
        return RoutesUnderTest.with(server.baseUrl(), Map.of(bean, (Processor) exchange -> {
            throw new StackOverflowError(OWN);
        }));
    }

    @Test
    void whereNothingCanBePublishedItStops() throws Exception {
        own("publish", step("stop-unpublished"), THROWS);
        try (RoutesUnderTest routes = start(null, Map.of("publish.retries", "1", "publish.retry-millis", "10"), exchange -> {
            throw new IOException("disk full");
        })) {
            routes.send(ASKED);
            await().atMost(Duration.ofSeconds(10)).until(() -> routes.intake().stopped());
            routes.window().awaitFinished();
            assertThat(routes.intake().reason()).contains(OWN);
            assertThat(routes.results()).isEmpty();
        }
    }

    @Test
    void aCopyInAQueueOfSomebodysOwnIsNotThePrompt() throws IOException {
        own("fallback", step("after-rate-limited"), """
                - to:
                    id: tell-%s
                    uri: seda:own
                """);
        Files.writeString(folder.resolve("routes/engine/own.camel.yaml"), "- route:\n    id: own\n    from:\n      uri: seda:own\n      steps:\n"
                + THROWS.formatted("own-step").indent(8));
        try (RoutesUnderTest routes = start(null, Map.of())) {
            server.script(Reply.error(429, "slow down"), Reply.error(429, "slow down"));
            assertThat(routes.ask(ASKED).path("status").asText()).isEqualTo("success");
            assertThat(routes.ask(ASKED).path("status").asText()).isEqualTo("success");
            assertThat(routes.results()).hasSize(2);
            assertThat(routes.deadLetters()).isEmpty();
        }
    }

    @Test
    void whatTheEndOfTheProcessBreaksOffIsLeftAsItWas() throws IOException {
        own("fallback", POLICIES, THROWS);
        server.scriptThen(Reply.silence());
        RoutesUnderTest routes = start(null, Map.of("openrouter.timeout", "800ms"));
        routes.send(ASKED);
        await().until(() -> !server.calls().isEmpty());
        routes.close();
        assertThat(routes.deadLetters()).isEmpty();
        assertThat(routes.window().unfinished()).isOne();
    }

    private Ledger ledger() {
        return Ledger.open(TestLedgers.made(folder.resolve("ledger")));
    }

    private RoutesUnderTest start(Ledger ledger, Map<String, String> keys) {
        return start(ledger, keys, exchange -> { });
    }

    private RoutesUnderTest start(Ledger ledger, Map<String, String> keys, Processor disk) {
        Map<String, String> all = new HashMap<>(Map.of("prompts.concurrency", "1", "camel.main.routesIncludePattern", String.join(",", RouteFiles.engine(folder).values()),
                "ledger.enabled", ledger == null ? "off" : "on"));
        all.putAll(keys);
        return RoutesUnderTest.start(server.baseUrl(), all, disk, ledger);
    }

    /** Where a step begins. */
    private static Pattern step(String id) {
        return Pattern.compile("(?m)^ +- \\w+:\\R +id: " + id + "$");
    }

    /** A copy of an engine's file with one more step at each place, indented as the one that stands there. */
    private void own(String file, Pattern places, String step) throws IOException {
        Path copy = folder.resolve("routes/engine/" + file + ".camel.yaml");
        String shipped = Files.readString(Path.of("routes/engine", copy.getFileName().toString()));
        int[] steps = {0};
        String own = places.matcher(shipped).replaceAll(place -> {
            int indent = place.group().isEmpty() ? 12 : place.group().indexOf('-');
            return Matcher.quoteReplacement(step.formatted("own-" + file + steps[0]++).indent(indent) + place.group());
        });
        assertThat(steps[0]).isPositive();
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, own);
    }
}
