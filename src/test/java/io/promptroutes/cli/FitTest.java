package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.TokenCounter;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strategy fit: the most capable model within a prompt's money, and the shortening where there is none. */
class FitTest {

    private static final TokenCounter TOKENS = new TokenCounter();
    private static ScriptedServer server;
    private static RoutesUnderTest routes;
    private static RoutesUnderTest of2024;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of());
        of2024 = RoutesUnderTest.start(server.baseUrl(), Map.of("models.profile", "models-2024"));
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        of2024.close();
        server.close();
    }

    private static ObjectNode prompt(String text, String cents, int maxTokens) {
        return Json.MAPPER.createObjectNode().put("prompt", text).put("strategy", "fit").put("max_cost_cents", new BigDecimal(cents))
                .put("max_tokens", maxTokens).put("task", "general");
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }

    private static String sent(int message) {
        return server.calls().get(0).body().at("/messages/" + message + "/content").asText();
    }

    /** 1,000 tokens out; the prices of the tables are in application.properties. */
    @ParameterizedTest(name = "{0} cents: {1}")
    @CsvSource({"5, anthropic/claude-sonnet-4.5", "1.4, openai/gpt-4.1", "0.7, mistralai/mistral-large", "0.55, google/gemini-2.5-flash", "0.2, openai/gpt-4.1-mini",
        "0.07, mistralai/mistral-small-2603", "0.05, deepseek/deepseek-v3.2"})
    void theMostCapableModelThatFitsIsTaken(String cents, String model) {
        server.script();
        JsonNode result = routes.ask(prompt("Why?", cents, 1000).toString());
        assertThat(server.modelsCalled()).containsExactly(model);
        assertThat(result.at("/routing/estimate/usd").decimalValue()).isLessThanOrEqualTo(new BigDecimal(cents).movePointLeft(2));
        assertThat(result.at("/routing").has("truncated_tokens")).isFalse();
    }

    @Test
    void fiveCentsAreTheDefaultAndTheDearestOf2024IsFirst() {
        server.script();
        of2024.ask("{\"prompt\":\"Why?\",\"strategy\":\"fit\",\"task\":\"general\"}");
        assertThat(server.modelsCalled()).containsExactly("anthropic/claude-3-opus");
    }

    @Test
    void whatIsTriedAfterwardsIsWithinItToo() {
        server.scriptThen(Reply.error(404, "No endpoints found that support tool use."));
        routes.ask(prompt("Why?", "0.1", 1000).toString());
        assertThat(server.modelsCalled()).containsExactly("mistralai/mistral-small-2603", "deepseek/deepseek-v3.2", "google/gemini-2.5-flash-lite",
                "meta-llama/llama-3.3-70b-instruct", "openrouter/free", "google/gemma-4-26b-a4b-it:free", "nvidia/nemotron-3-nano-30b-a3b:free",
                "nvidia/nemotron-3-super-120b-a12b:free");
    }

    @Test
    void aCallThatMayHaveBeenPaidLeavesLessForTheNext() {
        // of unknown cost: 408 may have been billed at up to 0.8 of a cent, and one such call is all that a cent allows
        server.scriptThen(Reply.answer(), Reply.error(408, "Request timed out"), Reply.error(408, "Request timed out"));
        JsonNode result = routes.ask(prompt("Why?", "1", 1000).toString());
        assertThat(server.modelsCalled().get(0)).isEqualTo("openai/gpt-4.1");
        assertThat(server.modelsCalled()).filteredOn("openai/gpt-4.1"::equals).hasSize(1);
        assertThat(result.path("status").asText()).isEqualTo("success");
    }

    @Test
    void aPromptThatFitsNowhereIsCutAtASentence() {
        server.script();
        String text = "This sentence is one of very many. ".repeat(4_000);
        JsonNode result = routes.ask(prompt(text, "0.1", 500).toString());
        String kept = sent(0);
        assertThat(text).startsWith(kept);
        assertThat(kept).endsWith("very many.");
        long cut = result.at("/routing/truncated_tokens").asLong();
        assertThat(cut).isCloseTo(TOKENS.count(text) - TOKENS.count(kept), within(2L));
        assertThat(result.at("/routing/estimate/usd").decimalValue()).isLessThanOrEqualTo(new BigDecimal("0.001")).isGreaterThan(new BigDecimal("0.00095"));
        assertThat(server.calls().get(0).model()).isEqualTo(result.at("/routing/estimate/model").asText()).doesNotContain("free");
    }

    @ParameterizedTest
    @ValueSource(strings = {"😀", "漢", "e\u0301", "word ", "x"})
    void itIsNeverCutInTheMiddleOfACharacter(String piece) {
        server.script();
        String text = piece.repeat(60_000);
        JsonNode result = routes.ask(prompt(text, "0.03", 100).toString());
        String kept = sent(0);
        assertThat(kept).isNotEmpty();
        assertThat(text).startsWith(kept);
        assertThat(kept.length() % piece.length()).as("characters after the last whole piece").isIn(0, piece.stripTrailing().length() % piece.length());
        assertThat(Character.isHighSurrogate(kept.charAt(kept.length() - 1))).isFalse();
        assertThat(result.at("/routing/truncated_tokens").asLong()).isPositive();
    }

    @Test
    void ofAConversationOnlyEarlierTurnsAreCutOldestFirst() {
        server.script();
        ObjectNode request = prompt("", "0.05", 100);
        request.remove("prompt");
        String longText = "Some earlier words were said here. ".repeat(1_500);
        String question = "And what follows from all of this? ".repeat(20).strip();
        request.put("system", "Be brief. " + "Rule. ".repeat(50));
        request.putArray("messages").add(message("user", longText)).add(message("assistant", "An answer. " + longText.substring(0, 3_500)))
                .add(message("user", question));
        request.putArray("tools").addObject().put("type", "function").putObject("function").put("name", "look_up").put("description", "Looks up. ".repeat(30));
        JsonNode result = routes.ask(request.toString());
        JsonNode body = server.calls().get(0).body();
        assertThat(sent(0)).isEqualTo(request.get("system").asText());
        assertThat(longText).startsWith(sent(1));
        assertThat(sent(1).length()).isLessThan(longText.length());
        assertThat(sent(2)).as("the younger turn is whole while the older one has words left").isEqualTo(request.at("/messages/1/content").asText());
        assertThat(sent(3)).isEqualTo(question);
        assertThat(body.get("tools")).isEqualTo(request.get("tools"));
        assertThat(result.at("/routing/truncated_tokens").asLong()).isPositive();
    }

    private static ObjectNode message(String role, String content) {
        return Json.MAPPER.createObjectNode().put("role", role).put("content", content);
    }

    @Test
    void whatCannotBeCutEnoughIsADeadLetterThatSaysSo() {
        server.script();
        ObjectNode request = prompt("", "0.01", 100);
        request.remove("prompt");
        request.putArray("messages").add(message("user", "Hello.")).add(message("assistant", "Hello.")).add(message("user", "word ".repeat(5_000)));
        JsonNode dead = routes.ask(request.toString());
        assertThat(server.calls()).isEmpty();
        assertThat(dead.at("/error/code").asText()).isEqualTo("max_cost");
        assertThat(dead.at("/error/message").asText()).contains("even shortened", "max_cost_cents 0.01");
        JsonNode answerAlone = routes.ask(prompt("Why?", "0.001", 2000).toString());
        assertThat(answerAlone.at("/error/code").asText()).isEqualTo("max_cost");
    }

    @Test
    void otherStrategiesObeyTheLimitWithoutCutting() {
        server.script();
        JsonNode result = routes.ask("{\"prompt\":\"Why?\",\"task\":\"code\",\"budget\":\"premium\",\"max_cost_cents\":0.2}");
        assertThat(server.modelsCalled()).containsExactly("google/gemini-2.5-flash-lite");
        assertThat(texts(result.at("/routing/rejected")).get(0)).startsWith("anthropic/claude-sonnet-4.5: can cost up to $0.03");
    }

    @Test
    void overridesOfTheCatalogueCount() {
        server.script();
        String text = "seven little words make up this line ".repeat(30_000); // over 200k tokens, where sonnet's price doubles
        long tokens = TOKENS.count(text);
        BigDecimal atUsualPrice = BigDecimal.valueOf(tokens * 3 + 100 * 15).movePointLeft(4);
        routes.ask(prompt(text, atUsualPrice.add(BigDecimal.ONE).toPlainString(), 100).toString());
        assertThat(server.modelsCalled()).doesNotContain("anthropic/claude-sonnet-4.5");
        server.script();
        routes.ask(prompt(text, atUsualPrice.multiply(BigDecimal.valueOf(2.1)).toPlainString(), 100).toString());
        assertThat(server.modelsCalled()).containsExactly("anthropic/claude-sonnet-4.5");
    }
}
