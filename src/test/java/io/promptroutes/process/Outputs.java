package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.promptroutes.Schemas;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The three files of a job, read with the demand that each holds whole lines of JSON and nothing else. Immutable. */
record Outputs(List<JsonNode> results, List<JsonNode> costs, List<JsonNode> deadLetters) {

    private static final ObjectReader STRICT = Json.MAPPER.readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    static Outputs of(Path folder) {
        Path alerts = folder.resolve("alerts.jsonl");
        if (Files.exists(alerts)) {
            lines(alerts).forEach(Schemas.ALERT::check);
        }
        return new Outputs(checked(folder.resolve("results.jsonl"), Schemas.RESULT), checked(folder.resolve("costs.jsonl"), Schemas.COST_EVENT),
                checked(folder.resolve("dead-letters.jsonl"), Schemas.DEAD_LETTER));
    }

    private static List<JsonNode> checked(Path file, Schemas schema) {
        List<JsonNode> lines = lines(file);
        lines.forEach(schema::check);
        return lines;
    }

    static List<JsonNode> lines(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            assertThat(text.isEmpty() || text.endsWith("\n")).as("%s ends with a whole line", file).isTrue();
            List<JsonNode> lines = new ArrayList<>();
            for (String line : text.split("\n")) {
                if (!text.isEmpty()) {
                    lines.add(json(line));
                }
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String text) {
        try {
            JsonNode json = STRICT.readTree(text);
            assertThat(json.isObject()).as("a JSON object: %s", text).isTrue();
            return json;
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    /** A JSON array of objects. */
    static List<JsonNode> rows(String text) {
        try {
            JsonNode json = STRICT.readTree(text);
            assertThat(json.isArray()).as("a JSON array: %s", text).isTrue();
            List<JsonNode> rows = new ArrayList<>();
            json.forEach(rows::add);
            return rows;
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    JsonNode result(String id) {
        return byId(results).get(id);
    }

    JsonNode deadLetter(String id) {
        return byId(deadLetters).get(id);
    }

    List<String> resultIds() {
        return ids(results);
    }

    List<String> deadLetterIds() {
        return ids(deadLetters);
    }

    static List<String> ids(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("id").asText()).toList();
    }

    private static Map<String, JsonNode> byId(List<JsonNode> lines) {
        return lines.stream().collect(Collectors.toMap(line -> line.path("id").asText(), Function.identity()));
    }
}
