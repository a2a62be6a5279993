package io.promptroutes.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.call.StructuredOutput.Verdict;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of answers that were to be JSON (openrouter/corpus/structured-output.json): the JSON, what is wrong with it, what to know about it. */
@Timeout(60)
class StructuredOutputCorpusTest {

    private static final StructuredOutput OUTPUT = new StructuredOutput(Duration.ofSeconds(1));

    /** The library takes a while to come up. */
    @BeforeAll
    static void warm() {
        new StructuredOutput(Duration.ofSeconds(20)).check(request("{\"type\":\"object\"}"), "{}");
    }

    static Stream<Arguments> cases() throws IOException {
        try (InputStream in = StructuredOutputCorpusTest.class.getResourceAsStream("/openrouter/corpus/structured-output.json")) {
            return StreamSupport.stream(Json.MAPPER.readTree(in).spliterator(), false).map(c -> Arguments.of(Named.of(c.path("name").textValue(), c)));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isJudged(JsonNode given) {
        JsonNode expected = given.path("expected");

        Verdict verdict = OUTPUT.check(given.path("request"), given.path("text").textValue());

        if (expected.has("any")) {
            return; // in time, and alive
        }
        if (expected.has("fault")) {
            assertThat(verdict.fault()).contains(expected.path("fault").textValue());
            return;
        }
        assertThat(verdict.fault()).isNull();
        assertThat(verdict.text()).isEqualTo(expected.path("text").textValue());
        if (expected.has("note")) {
            assertThat(verdict.note()).contains(expected.path("note").textValue());
        } else {
            assertThat(verdict.note()).isNull();
        }
    }

    @Test
    void aSchemaThatTookTooLongIsNotTriedAgain() {
        JsonNode request = request("{\"type\":\"string\",\"pattern\":\"^(a*)*b\\\\1$\"}");
        String hard = "\"" + "a".repeat(60) + "!\"";
        assertThat(OUTPUT.check(request, hard).note()).contains("takes longer");
        long start = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            assertThat(OUTPUT.check(request, hard).note()).contains("cannot be used");
        }
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
    }

    @Test
    void hugeAnswersSchemasAndListsEndInTime() {
        String numbers = "[" + "1,".repeat(400_000) + "1]";
        String different = IntStream.range(0, 120_000).mapToObj(Integer::toString).toList().toString();
        String properties = IntStream.range(0, 60_000).mapToObj(i -> "\"p" + i + "\":" + i).toList().toString().replace('[', '{').replace(']', '}');
        String patterns = IntStream.range(0, 2_000).mapToObj(i -> "\"^p" + i + "$\":{\"type\":\"integer\"}").toList().toString().replace('[', '{').replace(']', '}');
        assertThat(OUTPUT.check(request("{\"items\":{\"type\":\"integer\"}}"), numbers).fault()).isNull();
        assertThat(OUTPUT.check(request("{\"uniqueItems\":true}"), different).fault()).isNull();
        assertThat(OUTPUT.check(request("{\"uniqueItems\":true}"), numbers).fault()).isNotNull();
        assertThat(OUTPUT.check(request("{\"patternProperties\":" + patterns + "}"), properties)).isNotNull();
        assertThat(OUTPUT.check(request("{\"items\":{\"type\":\"integer\"}}"), "[" + "1,".repeat(3_000_000) + "1]").note()).contains("too long");
        assertThat(OUTPUT.check(request("{\"items\":{}}"), "[".repeat(900) + "]".repeat(900)).note()).contains("out of bounds");
        for (String piece : new String[] {"{\"a\":", "[", "{", "```\n", "</think>", "\\\"", "[1] ", "{\"a\":1} ", "<think>", "<think></think>"}) {
            assertThat(OUTPUT.check(request("{\"type\":\"string\"}"), "x" + piece.repeat(3_000_000 / piece.length())).fault()).as(piece).isNotNull();
        }
    }

    /** The library's own patterns have no limit of time. */
    @Test
    void formatsTakeNoTime() {
        for (String format : List.of("email", "idn-email", "hostname", "uri", "date-time", "duration", "regex", "json-pointer", "uri-template", "color")) {
            String request = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"format\":\"" + format + "\"}";
            assertThat(OUTPUT.check(request(request), "\"a@" + " ".repeat(600_000) + "x\"")).as(format).isEqualTo(new Verdict(null, "\"a@" + " ".repeat(600_000) + "x\"", null));
        }
    }

    @Test
    void aSchemaOfMegabytesIsNotUsedAndNotKept() {
        ObjectNode properties = Json.MAPPER.createObjectNode();
        IntStream.range(0, 110_000).forEach(i -> properties.putObject("property-number-" + i).put("type", "string"));
        JsonNode request = request(Json.MAPPER.createObjectNode().<ObjectNode>set("properties", properties).toString());
        for (int i = 0; i < 3; i++) {
            assertThat(OUTPUT.check(request, "{}").note()).contains("cannot be used");
        }
    }

    private static JsonNode request(String schema) {
        try {
            return Json.MAPPER.readTree("{\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":" + schema + "}}}");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
