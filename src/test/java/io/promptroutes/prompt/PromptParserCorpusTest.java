package io.promptroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One row of corpus.jsonl each: an input, and either what becomes of it or why it is refused. */
class PromptParserCorpusTest {

    private static final Source LINE_7 = Source.line("in.jsonl", 7);

    @ParameterizedTest
    @MethodSource("accepted")
    void accepts(JsonNode row) throws Exception {
        Prompt prompt = parser(row).parse(input(row), LINE_7, "key", null);

        ObjectNode seen = fields(prompt);
        for (Map.Entry<String, JsonNode> expected : row.get("expect").properties()) {
            assertThat(json(seen.get(expected.getKey()))).as(expected.getKey()).isEqualTo(json(expected.getValue()));
        }
        assertThat(prompt.source()).isSameAs(LINE_7);
        assertThat(prompt.key()).isEqualTo("key");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses(JsonNode row) throws Exception {
        PromptParser parser = parser(row);
        byte[] input = input(row);

        InvalidPrompt refusal = catchThrowableOfType(InvalidPrompt.class, () -> parser.parse(input, LINE_7, null, null));

        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(row.get("error").textValue());
        assertThat(refusal).hasMessageContaining(row.get("message").textValue());
        assertThat(refusal.getMessage()).doesNotContain("secret", "\n");
        if (row.has("error_id")) {
            assertThat(refusal.id()).isEqualTo(row.get("error_id").textValue());
        }
    }

    @Test
    void theCorpusIsNotShrinking() throws Exception {
        assertThat(accepted().count()).isGreaterThan(75);
        assertThat(refused().count()).isGreaterThan(60);
    }

    static Stream<Named<JsonNode>> accepted() throws IOException {
        return rows("expect");
    }

    static Stream<Named<JsonNode>> refused() throws IOException {
        return rows("error");
    }

    private static Stream<Named<JsonNode>> rows(String kind) throws IOException {
        return corpus().stream().filter(row -> row.has(kind)).map(row -> Named.of(row.get("name").textValue(), row));
    }

    static List<JsonNode> corpus() throws IOException {
        try (InputStream in = PromptParserCorpusTest.class.getResourceAsStream("/prompt/corpus.jsonl")) {
            return Json.MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(in).readAll();
        }
    }

    static byte[] input(JsonNode row) throws IOException {
        if (row.has("base64")) {
            return Base64.getDecoder().decode(row.get("base64").textValue());
        }
        String text = row.has("text") ? row.get("text").textValue() : json(row.get("in"));
        // @512 stands for so many characters
        String input = text.replace("\"@512\"", "\"" + "x".repeat(512) + "\"").replace("\"@513\"", "\"" + "x".repeat(513) + "\"");
        return input.getBytes(StandardCharsets.UTF_8);
    }

    static PromptParser parser(JsonNode row) {
        JsonNode settings = row.path("settings");
        return new PromptParser(new PromptSettings(
                settings.path("maxBytes").asInt(PlainSettings.MAX_BYTES),
                PromptSettings.template(settings.path("system").textValue()),
                PromptSettings.template(settings.path("template").textValue()),
                InputFormat.valueOf(settings.path("format").asText("auto").toUpperCase(Locale.ROOT)),
                settings.path("input").asText().equals("data"),
                PlainSettings.TASKS,
                settings.has("passthrough") ? Json.MAPPER.convertValue(settings.get("passthrough"), new TypeReference<Set<String>>() { }) : Set.of()));
    }

    private static ObjectNode fields(Prompt prompt) {
        ObjectNode fields = Json.MAPPER.createObjectNode();
        fields.put("id", prompt.id());
        fields.put("raw", new String(prompt.raw(), StandardCharsets.UTF_8));
        fields.put("tenant", prompt.tenant());
        fields.put("strategy", prompt.strategy().toString());
        fields.put("model", prompt.model());
        fields.set("models", Json.MAPPER.valueToTree(prompt.models()));
        fields.put("budget", prompt.budget().toString());
        fields.put("quality", prompt.quality());
        fields.put("complexity", prompt.complexity());
        fields.put("comparison", prompt.comparison());
        fields.put("max_cost_cents", prompt.maxCostCents());
        fields.put("free_only", prompt.freeOnly());
        fields.put("allow_paid", prompt.allowPaid());
        fields.put("task", prompt.task());
        fields.set("request", prompt.request());
        fields.put("text", prompt.text());
        fields.set("metadata", prompt.metadata());
        fields.set("notes", Json.MAPPER.valueToTree(prompt.notes()));
        return fields;
    }

    private static String json(JsonNode node) throws IOException {
        return Json.MAPPER.writeValueAsString(node);
    }
}
