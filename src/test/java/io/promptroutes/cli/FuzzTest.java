package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever comes in goes out as a result or a dead letter, and the routes go on. The seed is fixed, so that a failure can be had again. */
class FuzzTest {

    private static final int DEEP = 10_000;
    private static final int FIVE_MB = 5 * 1024 * 1024;
    private static final List<String> FIELDS = List.of("id", "prompt", "messages", "system", "strategy", "model", "models", "budget", "quality",
            "complexity", "max_cost_cents", "free_only", "allow_paid", "task", "temperature", "max_tokens", "max_completion_tokens", "stop", "seed",
            "n", "response_format", "tools", "provider", "reasoning", "plugins", "user", "tenant", "metadata", "stream", "custom_id", "body", "url",
            "error", "request", "raw_base64", "something");

    private static ScriptedServer server;
    private static RoutesUnderTest routes;

    @BeforeContainer
    static void start() throws IOException {
        server = new ScriptedServer();
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of("retry.backoff", "1ms"));
    }

    @AfterContainer
    static void stop() throws IOException {
        routes.close();
        server.close();
    }

    @AfterProperty
    void theRoutesGoOn() {
        assertThat(routes.intake().stopped()).isFalse();
        assertThat(routes.ask("{\"prompt\":\"Hello\"}").path("status").asText()).isEqualTo("success");
    }

    @Property(tries = 150, seed = "20261125", shrinking = ShrinkingMode.OFF)
    void anyBytes(@ForAll byte[] bytes) {
        outcome(bytes);
    }

    /** Every unit of UTF-16 there is, NUL and halves of pairs among them, as JSON spells them. */
    @Property(tries = 150, seed = "20261125", shrinking = ShrinkingMode.OFF)
    void anyText(@ForAll("texts") String text) {
        server.script();
        JsonNode outcome = outcome(("{\"model\":\"openai/gpt-4.1-mini\",\"prompt\":\"" + escaped(text) + "\"}").getBytes(StandardCharsets.US_ASCII));
        boolean whole = text.equals(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        if (!text.isBlank()) {
            assertThat(outcome.path("status").asText()).isEqualTo(whole ? "success" : "failed");
        }
        if (outcome.path("status").asText().equals("success")) {
            assertThat(server.calls().get(0).body().at("/messages/0/content").asText()).as("what the model gets").isEqualTo(text);
        } else if (!whole) {
            assertThat(outcome.at("/error/code").asText()).isEqualTo("invalid_encoding");
        }
    }

    @Property(tries = 250, seed = "20261125", shrinking = ShrinkingMode.OFF)
    void anyValueInAnyField(@ForAll("requests") String request) {
        outcome(request.getBytes(StandardCharsets.UTF_8));
    }

    /** The model may say anything as well. */
    @Property(tries = 60, seed = "20261125", shrinking = ShrinkingMode.OFF)
    void anyAnswer(@ForAll("answers") String body) {
        server.scriptThen(Reply.json(200, body));
        outcome("{\"prompt\":\"Hello\",\"response_format\":{\"type\":\"json_object\"}}".getBytes(StandardCharsets.UTF_8));
        server.script();
    }

    @Example
    void deepNesting() {
        String arrays = "[".repeat(DEEP) + "]".repeat(DEEP);
        String objects = "{\"a\":".repeat(DEEP) + "1" + "}".repeat(DEEP);
        for (String deep : List.of(arrays, objects)) {
            assertThat(code("{\"prompt\":\"x\",\"metadata\":{\"m\":" + deep + "}}")).isEqualTo("invalid_json");
            assertThat(code("{\"prompt\":" + deep + "}")).isEqualTo("invalid_json");
            code(deep);
        }
        for (int depth : new int[] {480, 495, 499, 500, 501, 995, 996, 997, 998, 999, 1000, 1001}) {
            String some = "[".repeat(depth) + "]".repeat(depth);
            code("{\"prompt\":\"x\",\"metadata\":{\"m\":" + some + "}}");
            code("{\"prompt\":\"x\",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"enum\":" + some + "}}}}");
        }
    }

    /** As deep as JSON is read, against a schema that goes as deep as that. */
    @Example
    void aDeepAnswerAgainstARecursiveSchema() {
        String said = "[".repeat(990) + "]".repeat(990);
        server.scriptThen(Reply.choice("{\"finish_reason\":\"stop\",\"message\":{\"content\":\"" + said + "\"}}", "\"usage\":{\"total_tokens\":3}"));
        JsonNode outcome = outcome(("{\"prompt\":\"x\",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":"
                + "{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}}}}").getBytes(StandardCharsets.UTF_8));
        server.script();
        assertThat(outcome.path("status").asText()).isEqualTo("success");
    }

    @Example
    void longPrompts() {
        for (String unit : List.of("a", "\u00e9", "\ud83d\ude00", "\\u0000", "\\nx", "word ")) {
            String text = unit.repeat(FIVE_MB / unit.getBytes(StandardCharsets.UTF_8).length);
            JsonNode outcome = outcome(("{\"prompt\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8));
            boolean tooLong = outcome.at("/error/code").asText().equals("context_length"); // by its tokens no model takes it
            assertThat(tooLong ? "success" : outcome.path("status").asText()).as(unit).isEqualTo("success");
        }
        assertThat(code("{\"prompt\":\"" + "a".repeat(3 * FIVE_MB) + "\"}")).isEqualTo("too_large");
        code("{\"prompt\":\"x\",\"temperature\":" + "1".repeat(100_000) + "}");
        for (String number : List.of("1e999999999", "-1e-999999", "1e99999999999", "-0.1e+2147483648")) {
            assertThat(code("{\"prompt\":\"x\",\"seed\":" + number + "}")).as(number).isEqualTo("invalid_json");
        }
    }

    private static String code(String line) {
        return outcome(line.getBytes(StandardCharsets.UTF_8)).at("/error/code").asText();
    }

    private static JsonNode outcome(byte[] line) {
        JsonNode outcome = routes.outcome(routes.send(line));
        assertThat(outcome.path("status").asText()).isIn("success", "failed");
        assertThat(outcome.at("/error/code").asText()).as("a defect: %s", outcome.at("/error/message")).isNotEqualTo("internal_error");
        return outcome;
    }

    private static String escaped(String text) {
        return text.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining());
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Character> any = Arbitraries.chars().all();
        Arbitrary<Character> hard = Arbitraries.of('\0', '\ud800', '\udfff', '\ud83d', '\ude00', '\u2028', '\ufeff', '"', '\\', '\n', '\u202e', '\uffff');
        return Arbitraries.frequencyOf(Tuple.of(3, any), Tuple.of(1, hard)).list().ofMinSize(1).ofMaxSize(60)
                .map(list -> list.stream().map(String::valueOf).collect(Collectors.joining()));
    }

    /** JSON of any kind: numbers as strings, huge ones, escapes, nested ones. */
    private static Arbitrary<String> values() {
        Arbitrary<String> scalars = Arbitraries.of("null", "true", "0", "-1", "1e400", "1E-400", "1e999999999", "-1e-99999999999", "0.1", "99999999999999999999", "\"7\"", "\"0.5\"",
                "\"true\"", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"smart\"", "\"premium\"", "\"openai/gpt-4.1-mini\"", "\"/v1/chat/completions\"",
                "\"json_schema\"", "{}", "[]", "[null]", "\"-\"", "{\"role\":\"user\",\"content\":\"x\"}", "[{\"role\":\"user\",\"content\":[]}]",
                "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}}}",
                "{\"type\":\"json_object\"}", "[{\"type\":\"text\",\"text\":\"x\"}]");
        Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(12).map(text -> "\"" + escaped(text) + "\"");
        return Arbitraries.lazyOf(() -> scalars, () -> texts, () -> scalars,
                () -> values().list().ofMaxSize(3).map(list -> "[" + String.join(",", list) + "]"),
                () -> Combinators.combine(Arbitraries.of(FIELDS), values()).as((field, value) -> "{\"" + field + "\":" + value + "}"));
    }

    @Provide
    Arbitrary<String> requests() {
        Arbitrary<String> fields = Combinators.combine(Arbitraries.of(FIELDS), values()).as((field, value) -> "\"" + field + "\":" + value);
        return Combinators.combine(Arbitraries.of("", "\"prompt\":\"Hello\"", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]"),
                        fields.list().ofMinSize(1).ofMaxSize(6))
                .as((start, more) -> "{" + start + (start.isEmpty() ? "" : ",") + String.join(",", more) + "}");
    }

    @Provide
    Arbitrary<String> answers() {
        return Arbitraries.oneOf(values(), Combinators.combine(values(), values(), values()).as((content, usage, finish) ->
                "{\"id\":\"gen-1\",\"choices\":[{\"finish_reason\":" + finish + ",\"message\":{\"content\":" + content + "}}],\"usage\":" + usage + "}"));
    }
}
