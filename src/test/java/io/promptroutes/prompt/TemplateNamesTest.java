package io.promptroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mistyped section is silently false: only the records tell that no one has it. */
class TemplateNamesTest {

    private static List<JsonNode> records(String... records) {
        return Stream.of(records).map(record -> Json.tree(record.getBytes(StandardCharsets.UTF_8))).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
        "{{a}} {{b.c}}                              | none",
        "{{#vpi}}VIP{{/vpi}}{{^nots}}-{{/nots}}     | nots,vpi",
        "{{#lines}}{{.}}{{name}}{{nmae}}{{/lines}}  | nmae",
        "{{b.d}} {{First Name}} {{x.y}}             | b.d",
        "no field                                   | none"})
    void namesThatNoRecordHasAreFound(String template, String absent) {
        List<JsonNode> records = records("{\"a\":null,\"lines\":[{\"name\":1}]}", "{\"b\":{\"c\":false},\"First Name\":\"\",\"x.y\":1}");
        assertThat(String.join(",", new Template(template).absent(records))).isEqualTo(absent == null ? "" : absent);
    }

    @Test
    void oneThatIsNotInMustacheNamesNothing() {
        assertThat(new Template(record -> "x", false).absent(records("{}"))).isEmpty();
    }
}
