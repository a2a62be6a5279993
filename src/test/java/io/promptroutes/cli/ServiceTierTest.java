package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a service tier, what serves it, and what is told of that. */
@Timeout(60)
class ServiceTierTest {

    private static final String M = "openai/gpt-4.1-mini";
    private static final String PROMPT = "{\"id\":\"%s\",\"prompt\":\"Hello\",\"model\":\"" + M + "\",\"service_tier\":\"%s\"}";

    private static final AtomicInteger TESTS = new AtomicInteger();

    @TempDir
    private static Path data;
    @AutoClose
    private static final ScriptedServer SERVER = new ScriptedServer();
    private static Ledger ledger;
    /** Whose flex falls back to default, and that has no keys of its own. */
    private static RoutesUnderTest plain;

    @TempDir
    private Path folder;
    private final int test = TESTS.incrementAndGet();
    private RoutesUnderTest routes;
    private long otherTier;
    private long noRoom;

    @BeforeAll
    static void open() {
        ledger = Ledger.open(TestLedgers.made(data));
        plain = made("default");
    }

    @AfterAll
    static void stop() {
        plain.close();
        ledger.close();
    }

    @BeforeEach
    void forget() {
        SERVER.when(call -> false, null);
        SERVER.script();
    }

    @AfterEach
    void close() {
        if (routes != null && routes != plain) {
            routes.close();
        }
    }

    private void start(String fallback, String... more) {
        routes = fallback.equals("default") && more.length == 0 ? plain : made(fallback, more);
        otherTier = routes.tally().noted(JobStatistics.OTHER_TIER);
        noRoom = routes.tally().noted(JobStatistics.NO_ROOM);
    }

    private static RoutesUnderTest made(String fallback, String... more) {
        Map<String, String> keys = new HashMap<>(Map.of("ledger.enabled", "on", "models.fallbacks", "", "fallback.free", "off", "tier.flex.fallback", fallback));
        for (int i = 0; i < more.length; i += 2) {
            keys.put(more[i], more[i + 1]);
        }
        return RoutesUnderTest.start(SERVER.baseUrl(), keys, exchange -> { }, ledger);
    }

    private static Reply at(String tier) {
        return Reply.answer("\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":0.000002},\"service_tier\":" + tier);
    }

    /** Of this test alone. */
    private String id(String id) {
        return id + test;
    }

    private JsonNode ask(String id, String tier) {
        return routes.ask(PROMPT.formatted(id(id), tier));
    }

    private List<String> sent() {
        return SERVER.calls().stream().map(call -> call.body().path("service_tier").asText()).toList();
    }

    private Map<String, BigDecimal> tiers() {
        return ledger.figures().by(Figures.By.TIER, LocalDate.EPOCH).stream().collect(Collectors.toMap(Figures.Row::name, Figures.Row::costUsd));
    }

    @Test
    void theTierThatServedIsInResultCostEventAndLedger() {
        start("default");
        Map<String, BigDecimal> before = tiers();
        SERVER.script(at("\"flex\""), at("\"default\""), Reply.answer());
        JsonNode result = ask("a", "flex");
        ask("b", "default");
        routes.ask("{\"id\":\"%s\",\"prompt\":\"Hello\"}".formatted(id("c")));

        assertThat(sent()).containsExactly("flex", "default", "");
        assertThat(result.path("service_tier").asText()).isEqualTo("flex");
        assertThat(result.at("/routing/notes").isMissingNode()).isTrue();
        assertThat(routes.costsOf(result)).singleElement().extracting(event -> event.at("/data/service_tier").asText()).isEqualTo("flex");
        assertThat(tiers()).containsKeys("flex", "default", "");
        assertThat(tiers().get("flex").subtract(before.getOrDefault("flex", BigDecimal.ZERO))).isEqualByComparingTo("0.000002");
        assertThat(routes.tally().noted(JobStatistics.OTHER_TIER) - otherTier).isZero();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"flex, '\"default\"', at default", "priority, '\"default\"', at default", "fast, '\"default\"', at default", "flex, null, does not say", "flex, '{}', does not say"})
    void anotherTierThanTheAskedOneIsToldAndCounted(String asked, String served, String words) {
        start("default");
        SERVER.script(at(served));
        JsonNode result = ask("a", asked);

        assertThat(result.path("status").asText()).isEqualTo("success");
        assertThat(result.at("/routing/notes/0").asText()).contains("was asked for", words, M);
        assertThat(routes.tally().noted(JobStatistics.OTHER_TIER) - otherTier).isOne();
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({"priority, priority", "fast, priority", "priority, fast", "default, standard", "auto, default", "scale, default"})
    void sayingTheSameOtherwiseIsNoOtherTier(String asked, String served) {
        start("default");
        SERVER.script(at("\"" + served + "\""));

        assertThat(ask("a", asked).at("/routing/notes").isMissingNode()).isTrue();
        assertThat(routes.tally().noted(JobStatistics.OTHER_TIER) - otherTier).isZero();
    }

    /** The words of a full tier have not been recorded: each status that it may have. */
    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void withoutRoomTheStandardTierServesAndTheResultSaysSo(int status) {
        start("default", "breaker.enabled", "on", "breaker.calls", "2", "retry.provider-error.calls", "3");
        SERVER.script(Reply.error(status, "no room"), Reply.error(status, "no room"), Reply.error(status, "no room"), at("\"default\""));
        JsonNode result = ask("a", "flex");

        assertThat(sent()).containsExactly("flex", "flex", "flex", "default");
        assertThat(result.path("service_tier").asText()).isEqualTo("default");
        assertThat(result.at("/fallback/level").asInt()).as("of the wanted model all the same").isZero();
        assertThat(result.at("/fallback/attempts")).hasSize(3);
        assertThat(result.at("/routing/notes/0").asText()).contains("no room at service tier flex", "tier.flex.fallback");
        assertThat(routes.tally().noted(JobStatistics.NO_ROOM) - noRoom).isOne();
        assertThat(routes.tally().noted(JobStatistics.OTHER_TIER) - otherTier).isZero();
        assertThat(routes.breakers().open(M)).as("the model itself is well").isFalse();
    }

    @Test
    void theStandardTierHasAllItsTries() {
        start("default", "retry.rate-limited.calls", "2");
        SERVER.script(Reply.error(429, "no room"), Reply.error(429, "no room"), Reply.error(429, "slow down"), at("\"default\""));

        assertThat(ask("a", "flex").path("status").asText()).isEqualTo("success");
        assertThat(sent()).containsExactly("flex", "flex", "default", "default");
    }

    @Test
    void aWaitThatIsTooLongIsNotWaitedFor() {
        start("default");
        SERVER.script(Reply.error(429, "no room", "Retry-After", "3600"), at("\"default\""));

        assertThat(ask("a", "flex").path("status").asText()).isEqualTo("success");
        assertThat(sent()).containsExactly("flex", "default");
    }

    @Test
    void whoeverDoesNotWantToPayMoreHasADeadLetterThatMayBeFedInAgain() {
        start("fail", "retry.rate-limited.calls", "2");
        SERVER.scriptThen(Reply.error(429, "no room"));
        JsonNode dead = routes.ask("{\"id\":\"%s\",\"prompt\":\"Hello\",\"model\":\"%s\",\"models\":[\"openai/gpt-4.1\"],\"service_tier\":\"flex\"}".formatted(id("a"), M));

        assertThat(sent()).containsExactly("flex", "flex");
        assertThat(SERVER.modelsCalled()).as("no other model, which may have no such tier").containsOnly(M);
        assertThat(dead.at("/error/code").asText()).isEqualTo("rate_limited");
        assertThat(dead.at("/error/message").asText()).contains("no room at service tier flex", "tier.flex.fallback");
        assertThat(dead.at("/error/retryable").asBoolean()).isTrue();
    }

    @Test
    void otherFailuresAreWhatTheyAlwaysWere() {
        start("fail");
        SERVER.script(Reply.error(502, "gone"), Reply.error(502, "gone"), at("\"flex\""));
        JsonNode result = routes.ask("{\"id\":\"%s\",\"prompt\":\"Hello\",\"model\":\"%s\",\"models\":[\"openai/gpt-4.1\"],\"service_tier\":\"flex\"}".formatted(id("a"), M));

        assertThat(SERVER.modelsCalled()).containsExactly(M, M, "openai/gpt-4.1");
        assertThat(result.at("/fallback/level").asInt()).isOne();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {"1 | must be a string"})
    void whatNoRequestMaySay(String tier, String words) {
        start("default");
        JsonNode dead = routes.ask("{\"id\":\"a\",\"prompt\":\"Hello\",\"service_tier\":" + tier + "}");

        assertThat(SERVER.calls()).isEmpty();
        assertThat(dead.at("/error/code").asText()).isEqualTo("invalid_field");
        assertThat(dead.at("/error/message").asText()).contains("service_tier", words);
    }

    @Test
    void anotherTierIsAnotherPromptAsWithAnyOtherParameter() {
        start("default");
        SERVER.script(at("\"flex\""), at("\"default\""));
        ask("a", "flex");
        ask("a", "flex");
        ask("a", "default");

        assertThat(sent()).containsExactly("flex", "default");
    }

    private record Said(int code, String out, String err) {
    }

    private Said said(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        for (String key : List.of("openrouter.base-url=" + SERVER.baseUrl(), "openrouter.api-key=sk-or-v1-none", "ledger.directory=" + folder.resolve("data"),
                "catalogue.copy=" + folder.resolve("models.json"), "models.current.fallbacks=", "fallback.free=off", "retry.backoff=10ms")) {
            all.addAll(List.of("-D", key));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        return new Said(InThisProcess.execute(all.toArray(String[]::new), out, err), out.toString(), err.toString());
    }

    @Test
    void aJobAsksForATierAndItsSummaryCountsWhatCameAtAnother() throws IOException {
        Path input = Files.writeString(folder.resolve("table.csv"), "word\none\ntwo\nthree\n");
        Path template = Files.writeString(folder.resolve("ask.mustache"), "Explain {{word}}");
        SERVER.when(call -> call.body().toString().contains("two"), at("\"default\""));
        SERVER.scriptThen(at("\"flex\""));
        Said job = said("batch", input.toString(), "--out", folder.resolve("out").toString(), "--prompt", template.toString(), "--model", M, "--service-tier", "flex", "--format", "openai");

        assertThat(job.code()).as("%s", job.err()).isZero();
        assertThat(sent()).containsOnly("flex").hasSize(3);
        assertThat(job.err()).contains("tiers       1 answers did not come at the service tier that was asked for");
        assertThat(Files.readString(folder.resolve("out/openai-output.jsonl"))).contains("\"service_tier\":\"flex\"", "\"service_tier\":\"default\"");
        Said costs = said("costs", "--by", "tier", "--format", "csv");
        assertThat(costs.out().lines().map(line -> line.split(",")).map(cells -> cells[0] + " " + cells[1])).containsExactly("tier requests", "default 1", "flex 2");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"cheap, 'service tier cheap is not one of default, flex, priority, batch'"})
    void aTierThatThereIsNotIsExitTwo(String tier, String words) throws IOException {
        Path input = Files.writeString(folder.resolve("table.csv"), "prompt\none\n");
        Said job = said("batch", input.toString(), "--out", folder.resolve("out").toString(), "--service-tier", tier);

        assertThat(job.code()).isEqualTo(2);
        assertThat(job.err()).contains(words);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
