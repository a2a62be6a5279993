package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a record would leave the machine, and what would go on, found without asking anybody. */
class RecordSampleTest {

    private static final PromptSettings KEYS = new PromptSettings(10_000, null, null, InputFormat.AUTO, false, List.of("code"), Set.of());

    @TempDir
    private Path folder;

    private static RecordSample sample(Map<String, String> options, String record) {
        StepOptions step = StepOptions.of("tickets", options, KEYS);
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        return new RecordSample(step, step.taken(new Inbound(Source.record("in", 0, 1), "k", bytes, false, bytes.length)));
    }

    private String file(String text) throws Exception {
        return "file:" + Files.writeString(Files.createTempFile(folder, "text", ""), text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"Sum up \\(.a.b) \\(.c)\"            | {\"a\":{\"b\":1},\"c\":2,\"d\":3} | a,c",
        "\"All of it: \\(.)\"                  | {\"a\":1,\"b\":2}             | a,b",
        "\"Nothing\"                           | {\"a\":1}                     | ``",
        "\"\\(if .vip then 1 else 2 end)\"     | {\"vip\":true,\"a\":1}        | vip",
        "\"Say \\(.text)\"                     | a plain text                  | text"})
    void aFieldOnWhichTheTextHangsLeaves(String prompt, String record, String sent) throws Exception {
        assertThat(String.join(",", sample(Map.of("prompt", prompt), record).sent())).isEqualTo(sent);
    }

    @Test
    void aFieldOfATemplateLeavesAndOneThatItDoesNotNameStays() throws Exception {
        String template = file("{{a}} {{#b}}{{c}}{{/b}} {{^d}}no{{/d}}");
        assertThat(sample(Map.of("prompt", template, "unwrap", ".data"), "{\"data\":{\"a\":1,\"b\":[{\"c\":2}],\"d\":1,\"e\":5}}").sent()).containsExactly("a", "b", "d");
    }

    @Test
    void ofARequestItsPromptAndParametersLeave() throws Exception {
        assertThat(sample(Map.of("model", "a/b"), "{\"prompt\":\"x\",\"temperature\":1,\"note\":\"stays\",\"id\":\"7\"}").sent()).containsExactly("prompt", "temperature");
    }

    @Test
    void whatGoesOnHasTheFormOfTheSchemaAndTheRecordsOwnNumbers() throws Exception {
        String schema = file("""
                {"type":"object","properties":{"s":{"type":"string"},"n":{"type":["integer","null"]},"b":{"type":"boolean"},"a":{"type":"array"},"e":{"enum":["good"]},
                "o":{"type":"object","properties":{"x":{"type":"null"}}}}}""");
        RecordSample sample = sample(Map.of("prompt", "\"x\"", "schema", schema, "result", ".record + {ai: .answer, key: .key}"), "{\"price\":1.500,\"big\":12345678901234567890}");
        assertThat(sample.goesOn("7")).isEqualTo("{\"price\":1.500,\"big\":12345678901234567890,\"ai\":{\"s\":\"...\",\"n\":0,\"b\":false,\"a\":[],\"e\":\"good\",\"o\":{\"x\":null}},\"key\":\"k\"}");
        assertThat(sample(Map.of("prompt", "\"x\"", "result", "text"), "{}").goesOn("7")).isEqualTo("(the answer)");
    }
}
