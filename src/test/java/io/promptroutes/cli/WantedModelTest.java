package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.message.OpenAiBatch;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that a request names is called first, whatever the list says of it; where another answers, the result says so. */
class WantedModelTest {

    /** Id, canonical slug, what it reads. */
    private static final String LIST = """
            openai/gpt-5                      openai/gpt-5-2025-08-07               text,image
            openai/gpt-5:batch                openai/gpt-5-2025-08-07               text,image
            openai/gpt-5-mini                 openai/gpt-5-mini                     text
            openai/gpt-4o-mini                openai/gpt-4o-mini                    text
            openai/gpt-4o-mini-2024-07-18     openai/gpt-4o-mini-2024-07-18         text
            ~openai/gpt-latest                openai/gpt-5-2025-08-07               text
            anthropic/claude-sonnet-4.5       anthropic/claude-4.5-sonnet-20250929  text
            one/twin                          one/twin                              text
            two/twin                          two/twin                              text
            cohere/north:free                 cohere/north-20260617                 text
            openrouter/auto                   openrouter/auto                       text
            google/gemini-2.5-flash-lite      google/gemini-2.5-flash-lite          text,image
            mistralai/mistral-small-2603      mistralai/mistral-small-2603          text
            openrouter/free                   openrouter/free                       text
            """;
    private static final Reply GONE = Reply.error(404, "No endpoints found for acme/gone.");

    private static ScriptedServer server;
    private static RoutesUnderTest routes;

    @BeforeAll
    static void start() {
        server = new ScriptedServer();
        Stream<String> others = IntStream.range(0, 300).mapToObj(n -> "example/other-" + n + " example/other-" + n + " text"); // a short list is not believed
        server.models(Stream.concat(LIST.lines(), others).map(WantedModelTest::row).collect(Collectors.joining(",", "{\"data\":[", "]}")));
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of("models.alias.mine", "acme/by-alias", "models.alias.gpt-5-mini", "acme/own-mini",
                "models.alias.short", "gpt-5"));
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        server.close();
    }

    private static String row(String line) {
        String[] cells = line.split(" +");
        String price = cells[0].endsWith("free") ? "0" : "0.000001";
        return """
                {"id":"%s","canonical_slug":"%s","context_length":100000,"architecture":{"input_modalities":["%s"]},\
                "pricing":{"prompt":"%s","completion":"%s"},"supported_parameters":["temperature","max_tokens","tools"]}"""
                .formatted(cells[0], cells[1], cells[2].replace(",", "\",\""), price, price);
    }

    @ParameterizedTest(name = "{0} is called as {1}")
    @CsvSource(textBlock = """
            gpt-5,                          openai/gpt-5
            ' gpt-5 ',                      openai/gpt-5
            GPT-5,                          openai/gpt-5
            OpenAI/GPT-5,                   openai/gpt-5
            openai/gpt-5,                   openai/gpt-5
            gpt-5:nitro,                    openai/gpt-5:nitro
            openai/gpt-5:floor,             openai/gpt-5:floor
            gpt-5:online,                   openai/gpt-5:online
            gpt-5@preset/x,                 openai/gpt-5@preset/x
            openai/gpt-5@preset/x,          openai/gpt-5@preset/x
            gpt-5-2025-08-07,               openai/gpt-5
            gpt-4o-mini,                    openai/gpt-4o-mini
            gpt-4o-mini-2024-07-18,         openai/gpt-4o-mini-2024-07-18
            claude-sonnet-4.5,              anthropic/claude-sonnet-4.5
            claude-4.5-sonnet-20250929,     anthropic/claude-sonnet-4.5
            anthropic/claude-4.5-sonnet-20250929, anthropic/claude-4.5-sonnet-20250929
            claude-sonnet-4-5,              anthropic/claude-sonnet-4.5
            ~openai/gpt-latest,             ~openai/gpt-latest
            north:free,                     cohere/north:free
            openrouter/auto,                openrouter/auto
            one/twin,                       one/twin
            acme/private-model-9,           acme/private-model-9
            o4-mini,                        o4-mini
            @preset/support-mail,           @preset/support-mail
            acme/unlisted@preset/x,         acme/unlisted@preset/x
            acme/unlisted:thinking,         acme/unlisted:thinking
            gpt-image-9,                    gpt-image-9
            mine,                           acme/by-alias
            mine:nitro,                     acme/by-alias:nitro
            short,                          openai/gpt-5
            gpt-5-mini,                     acme/own-mini
            gpt-4.1,                        openai/gpt-4.1
            """)
    void theWantedModelIsCalledFirst(String asked, String called) {
        server.script();
        for (String wish : List.of("\"model\":\"%s\"", "\"models\":[\"%s\",\"openai/gpt-4o-mini\"]")) {
            JsonNode result = routes.ask("{\"prompt\":\"x\"," + wish.formatted(asked) + "}");
            assertThat(result.at("/model_requested").asText()).isEqualTo(asked.strip());
            assertThat(result.at("/routing/candidates/0").asText()).isEqualTo(called);
            assertThat(result.at("/fallback/level").asInt(-1)).isZero();
            assertThat(result.at("/fallback/reason").isNull()).isTrue();
        }
        assertThat(server.modelsCalled()).containsExactly(called, called);
    }

    @Test
    void aLineForOpenAisBatchApiIsNoOther() {
        server.script();
        JsonNode result = routes.ask("{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                + "{\"model\":\"gpt-5\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}}");
        assertThat(server.modelsCalled()).containsExactly("openai/gpt-5");
        assertThat(result.at("/model_requested").asText()).isEqualTo("gpt-5");
    }

    @ParameterizedTest
    @CsvSource({"twin", "TWIN", "twin:nitro", "twin@preset/x"})
    void aNameThatMayBeSeveralIsADeadLetterThatNamesThem(String asked) {
        server.script();
        for (String wish : List.of("\"model\":\"%s\"", "\"model\":\"openai/gpt-5\",\"models\":[\"%s\"]")) {
            JsonNode dead = routes.ask("{\"prompt\":\"x\"," + wish.formatted(asked) + "}");
            assertThat(dead.at("/error/code").asText()).isEqualTo("ambiguous_model");
            assertThat(dead.at("/error/message").asText()).contains("one/twin", "two/twin", "models.alias." + asked);
            assertThat(dead.at("/error/retryable").asBoolean()).isFalse();
        }
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void afterA404TheNextPromptsGoToASubstituteThatSaysSo() {
        server.scriptThen(Reply.answer(), GONE);
        JsonNode first = routes.ask("{\"prompt\":\"x\",\"model\":\"acme/gone\"}");
        JsonNode second = routes.ask("{\"prompt\":\"x\",\"model\":\"acme/gone\"}");
        assertThat(server.modelsCalled()).containsExactly("acme/gone", "google/gemini-2.5-flash-lite", "google/gemini-2.5-flash-lite");
        for (JsonNode result : List.of(first, second)) {
            assertSubstitute(result, "acme/gone", "model_gone");
        }
        assertThat(second.at("/fallback/attempts")).isEmpty();
        assertThat(second.at("/routing/rejected").toString()).contains("acme/gone");
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(delimiter = '|', textBlock = """
            "model":"one/twin","messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"https://a/b.png"}}]}] | not_capable
            "model":"openai/gpt-5","prompt":"x","max_cost_cents":0.000001,"models":["openrouter/free"]                                                   | max_cost
            """)
    void aWantedModelThatCannotBeCalledIsNoSilentLoss(String request, String reason) {
        server.script();
        JsonNode result = routes.ask("{" + request + "}");
        assertSubstitute(result, result.at("/model_requested").asText(), reason);
        assertThat(request).contains("\"model\":\"" + result.at("/model_requested").asText());
    }

    @Test
    void norDoesTheListSpeakAgainstAPresetOfTheTables() {
        try (RoutesUnderTest own = RoutesUnderTest.start(server.baseUrl(), Map.of("models.current.smart.chat.balanced", "@preset/mine"))) {
            server.script();
            own.ask("{\"prompt\":\"x\",\"task\":\"chat\"}");
            assertThat(server.modelsCalled()).containsExactly("@preset/mine");
        }
    }

    @Test
    void aFailingModelsTurnComesLaterAndTheResultSaysThatAnotherAnswered() {
        try (RoutesUnderTest careful = RoutesUnderTest.start(server.baseUrl(), Map.of("breaker.enabled", "on", "breaker.calls", "2",
                "retry.provider-error.calls", "1"))) {
            server.script();
            server.byModel(Map.of("one/twin", Reply.error(503, "overloaded")));
            String wish = "{\"prompt\":\"x\",\"model\":\"one/twin\"}";
            careful.ask(wish);
            careful.ask(wish);
            int calls = server.calls().size();
            assertSubstitute(careful.ask(wish), "one/twin", "circuit_breaker");
            assertThat(server.modelsCalled().subList(calls, server.calls().size())).doesNotContain("one/twin");
        } finally {
            server.byModel(Map.of());
        }
    }

    @Test
    void anAnswerOutOfTheCacheIsASubstitutesToo() {
        try (RoutesUnderTest caching = RoutesUnderTest.start(server.baseUrl(), Map.of("cache.enabled", "on"))) {
            server.scriptThen(Reply.answer(), GONE);
            caching.ask("{\"prompt\":\"x\",\"model\":\"acme/gone\"}");
            JsonNode again = caching.ask("{\"prompt\":\"x\",\"model\":\"acme/gone\"}");
            assertThat(again.at("/cached").asBoolean()).isTrue();
            assertThat(again.at("/fallback/level").asInt()).isEqualTo(1);
            assertThat(again.at("/fallback/reason").asText()).isEqualTo("model_gone");
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            acme/private-model-9   | prices.acme/private-model-9
            @preset/support-mail   | prices.@preset/support-mail
            gpt-image-9            | prices.gpt-image-9
            openai/gpt-5:online    | budget.server-tools
            """)
    void withoutAPriceUnderABudgetItIsADeadLetterThatNamesTheKeyAndNoSubstitute(String model, String key, @TempDir Path folder) {
        server.script();
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest limited = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on"), exchange -> { }, ledger)) {
            ledger.limits(List.of(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.DAY, BigDecimal.TEN)));
            JsonNode dead = limited.ask("{\"prompt\":\"x\",\"model\":\"%s\"}".formatted(model));
            assertThat(dead.at("/error/code").asText()).isEqualTo("unbounded_cost");
            assertThat(dead.at("/error/message").asText()).contains(key);
            assertThat(server.calls()).isEmpty();
            JsonNode priced = limited.ask("{\"prompt\":\"x\",\"model\":\"openai/gpt-5\"}");
            assertThat(priced.at("/fallback/level").asInt(-1)).isZero();
        }
    }

    @Test
    void aBudgetThatStandsAgainstTheWantedModelIsTheReasonForAnother(@TempDir Path folder) {
        server.script();
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest limited = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on", "budget.part-exhausted", "free"),
                        exchange -> { }, ledger)) {
            ledger.limits(List.of(new Limit(Scope.MODEL, Limit.ANY, "openai/gpt-5", Period.DAY, new BigDecimal("0.0001"))));
            JsonNode result = limited.ask("{\"prompt\":\"x\",\"model\":\"gpt-5\"}");
            assertSubstitute(result, "gpt-5", "budget_exhausted");
            assertThat(server.modelsCalled()).doesNotContain("openai/gpt-5");
        }
    }

    private static void assertSubstitute(JsonNode result, String asked, String reason) {
        assertThat(result.at("/model_requested").asText()).isEqualTo(asked);
        assertThat(result.at("/fallback/level").asInt()).isEqualTo(1);
        assertThat(result.at("/fallback/reason").asText()).isEqualTo(reason);
        assertThat(result.at("/routing/rejected").toString() + result.at("/fallback/attempts")).contains(result.at("/model_requested").asText());
        JsonNode body = read(OpenAiBatch.output(Json.bytes((ObjectNode) result))).at("/response/body");
        assertThat(body.at("/model_requested").asText()).isEqualTo(asked);
        assertThat(body.at("/fallback/reason").asText()).isEqualTo(reason);
    }

    private static JsonNode read(byte[] json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
