package io.promptroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.Schemas;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The request's schema says what the parser does, as far as a schema can. */
class RequestSchemaTest {

    /** Of rows that bring no settings, since a schema knows none. */
    private static Stream<Named<JsonNode>> requests(Stream<Named<JsonNode>> rows) {
        return rows.filter(row -> !row.getPayload().has("settings")).filter(row -> tree(row.getPayload()) != null);
    }

    /** Null for what is no JSON object. */
    private static JsonNode tree(JsonNode row) {
        try {
            JsonNode tree = Json.MAPPER.readTree(PromptParserCorpusTest.input(row));
            return tree != null && tree.isObject() ? tree : null;
        } catch (IOException | NumberFormatException e) {
            return null;
        }
    }

    static Stream<Named<JsonNode>> accepted() throws IOException {
        return requests(PromptParserCorpusTest.accepted());
    }

    static Stream<Named<JsonNode>> refused() throws IOException {
        return requests(PromptParserCorpusTest.refused()).filter(row -> Set.of("invalid_field", "missing_prompt", "unsupported_url")
                .contains(row.getPayload().path("error").asText())
                && !row.getName().equals("an unknown task is refused")); // which tasks there are is a matter of keys
    }

    @ParameterizedTest
    @MethodSource
    void accepted(JsonNode row) {
        assertThat(Schemas.REQUEST.faults(tree(row))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource
    void refused(JsonNode row) {
        assertThat(Schemas.REQUEST.faults(tree(row))).as("%s", tree(row)).isNotEmpty();
    }

    @Test
    void thereAreManyOfBoth() throws IOException {
        assertThat(accepted().count()).isGreaterThan(30);
        assertThat(refused().count()).isGreaterThan(30);
    }
}
