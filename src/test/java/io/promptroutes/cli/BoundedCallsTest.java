package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Under a budget a call costs no more than was reserved for it, or is not made. */
@Timeout(60)
class BoundedCallsTest {

    private static final AtomicInteger IDS = new AtomicInteger();
    private static final String M = "openai/gpt-4.1-mini";

    @TempDir
    private static Path folder;
    private static ScriptedServer server;
    private static Ledger ledger;
    private static RoutesUnderTest routes;

    @BeforeAll
    static void start() {
        server = new ScriptedServer();
        ledger = Ledger.open(TestLedgers.made(folder));
        ledger.limits(List.of(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.DAY, new BigDecimal("0.50"))));
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on", "budget.exhausted", "reject",
                "openrouter.timeout", "700ms", "openrouter.timeout.reasoning", "20s", "models.fallbacks", ""), exchange -> { }, ledger);
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        ledger.close();
        server.close();
    }

    private static JsonNode ask(String fields, Reply... replies) {
        server.script(replies);
        return routes.ask("{\"id\":\"bounded-%d\",\"prompt\":\"Hello\",\"model\":\"%s\"%s}".formatted(IDS.incrementAndGet(), M, fields));
    }

    /** What the one call of an answered prompt sent. */
    private static JsonNode sent(String fields, Reply... replies) {
        JsonNode result = ask(fields, replies);
        assertThat(result.path("status").asText()).as("%s", result).isEqualTo("success");
        return server.calls().get(server.calls().size() - 1).body();
    }

    @ParameterizedTest(name = "{0}, {1}: {2} {3}")
    @CsvSource({"30000, 1, max_tokens, 1", "1, 30000, max_tokens, 1", "50, 50, max_tokens, 50", "70, , max_tokens, 70", ", 80, max_completion_tokens, 80",
            "'\"90\"', , max_tokens, 90", ", , max_tokens, 600"})
    void oneCapIsSentByOneName(String tokens, String completionTokens, String name, int cap) {
        JsonNode body = sent(",\"task\":\"chat\",\"max_tokens\":%s,\"max_completion_tokens\":%s".formatted(tokens, completionTokens));

        assertThat(body.path(name).asInt()).isEqualTo(cap);
        assertThat(body.propertyStream().filter(field -> field.getKey().startsWith("max_"))).hasSize(1);
    }

    /** 0.51 for 300,000 tokens at 1.60 a million, which the higher cap allows a server to bill that goes by it. */
    @Test
    void theHigherOfTwoCapsIsReserved() {
        JsonNode result = ask(",\"max_tokens\":320000,\"max_completion_tokens\":1");

        assertThat(server.modelsCalled()).doesNotContain(M);
        assertThat(result.at("/routing/rejected/0").asText()).contains(M, "one call of it can cost more than the whole limit");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"max_tokens", "max_completion_tokens"})
    void afterARefusalThatNamesANumberTheLowerCapGoesOutByOneName(String only) {
        String both = ",\"max_tokens\":900,\"max_completion_tokens\":800";
        JsonNode body = sent(only.equals("max_tokens") ? both : ",\"max_completion_tokens\":800",
                Reply.error(402, "You requested up to 800 tokens, but can only afford 77."));

        assertThat(body.path(only).asInt()).isEqualTo(77);
        assertThat(body.propertyStream().filter(field -> field.getKey().startsWith("max_"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"plugins\":[{\"id\":\"web\"}]", "\"tools\":[{\"type\":\"openrouter:web_search\"}]", "\"preset\":\"mine\"",
            "\"web_search_options\":{\"search_context_size\":\"low\"}", "\"modalities\":[\"image\",\"text\"]"})
    void whatHasNoBoundIsADeadLetterThatNamesTheFieldAndTheKey(String field) {
        JsonNode dead = ask("," + field);

        assertThat(server.calls()).isEmpty();
        assertThat(dead.at("/error/code").asText()).isEqualTo("unbounded_cost");
        assertThat(dead.at("/error/message").asText()).contains("field " + field.substring(1, field.indexOf('"', 1)), "budget.server-tools");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', value = {
            "{}                                         | {\"prompt\":0.4,\"completion\":1.6,\"request\":0}",
            "{\"prompt\":\"0.1\",\"completion\":\"1\"}  | {\"prompt\":\"0.1\",\"completion\":\"1\",\"request\":0}",
            "{\"prompt\":0.1,\"completion\":\"9.00\"}   | {\"prompt\":0.1,\"completion\":1.6,\"request\":0}",
            "{\"request\":5,\"image\":\"2\",\"audio\":3} | {\"prompt\":0.4,\"completion\":1.6,\"request\":0,\"image\":0,\"audio\":0}",
            "{\"prompt\":\"cheap\",\"request\":null}    | {\"prompt\":0.4,\"completion\":1.6,\"request\":0}",
            "{\"prompt\":1e999999999}                   | "})
    void noPriceIsHigherThanTheList(String wanted, String sent) throws IOException {
        JsonNode result = ask(",\"provider\":{\"max_price\":" + wanted + "}");
        if (sent == null) {
            assertThat(result.at("/error/code").asText()).isEqualTo("invalid_json");
            return;
        }
        JsonNode max = server.calls().get(0).body().at("/provider/max_price");
        assertThat(Json.MAPPER.readTree(sent).propertyStream()).allSatisfy(price -> assertThat(max.path(price.getKey()).asText()).as("%s", max)
                .isEqualTo(price.getValue().asText()));
        assertThat(max.size()).isEqualTo(Json.MAPPER.readTree(sent).size());
    }

    @Test
    void aPictureIsReservedAndBookedAsAPicture() {
        BigDecimal before = TestLedgers.total(ledger).costUsd();
        String picture = "data:image/png;base64," + "A".repeat(4_400_000);
        server.scriptThen(Reply.answer("\"object\":\"chat.completion\"")); // also where a connection was closed under it, and it is sent anew
        JsonNode result = routes.ask("""
                {"id":"picture","model":"%s","messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},\
                {"type":"image_url","image_url":{"url":"%s"}}]}]}""".formatted(M, picture));

        assertThat(result.path("status").asText()).isEqualTo("success");
        assertThat(result.path("cost_source").asText()).isEqualTo("estimated");
        assertThat(result.path("cost_usd").decimalValue()).as("some 1,600 tokens in").isBetween(new BigDecimal("0.0006"), new BigDecimal("0.0008"));
        assertThat(server.calls().get(0).body().at("/provider/max_price/image").asText()).isEqualTo("0");
        assertThat(TestLedgers.total(ledger).costUsd()).isEqualByComparingTo(before.add(result.path("cost_usd").decimalValue()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"flex, 0.4", "default, 0.4", "priority, 2.4", "auto, 2.4"})
    void aServiceTierIsBoundByTheDearestThatMayBeBilled(String tier, String prompt) {
        assertThat(sent(",\"service_tier\":\"" + tier + "\"").at("/provider/max_price/prompt").asText()).isEqualTo(prompt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"reasoning_effort\":\"high\"", "\"reasoning\":{\"enabled\":true}", "\"include_reasoning\":true"})
    void whoeverAsksForThoughtsGetsTimeAndRoomForThem(String field) {
        JsonNode body = sent(",\"task\":\"chat\"," + field, Reply.after(Duration.ofMillis(1200), Reply.answer()));

        assertThat(server.calls()).hasSize(1);
        assertThat(body.path("max_tokens").asInt()).isEqualTo(600 + 2048);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"reasoning_effort\":\"none\"", "\"reasoning\":{\"enabled\":false}", "\"verbosity\":\"high\""})
    void whoeverDoesNotGetsNeither(String field) {
        JsonNode body = sent(",\"task\":\"chat\"," + field);

        assertThat(body.path("max_tokens").asInt()).isEqualTo(600);
        assertThat(ask("," + field, Reply.after(Duration.ofMillis(1200), Reply.answer())).at("/fallback/attempts/0/error").asText()).startsWith("timeout");
    }
}
