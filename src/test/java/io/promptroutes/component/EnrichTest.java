package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.app.Engines;
import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record of somebody's own in, the same record with what a model says of it out. */
@Timeout(60)
class EnrichTest {

    private static final String TICKET = """
            {"id":7,"model":"Golf","user":"u-1","prompt":"mine","budget":1.500,"big":12345678901234567890.123456789012,"small":0.00000010,
            "customer":{"name":"Ada","org":"acme"},"note":null,"secret":"canary"}""";

    private static final Map<String, Object> KAFKA = Map.of("kafka.TOPIC", "in", "kafka.PARTITION", 0, "kafka.OFFSET", 1L);

    @TempDir
    private Path folder;
    @AutoClose
    private static final ScriptedServer SERVER = new ScriptedServer();
    @AutoClose
    private static final Engines ENGINES = StepsUnderTest.engines(SERVER, null, Map.of());
    @AutoClose
    private StepsUnderTest steps;

    @BeforeEach
    void forget() {
        SERVER.script();
    }

    private StepsUnderTest start(String options) throws Exception {
        return start(options, StepsUnderTest.beside(ENGINES));
    }

    private StepsUnderTest start(String options, StepsUnderTest made) throws Exception {
        steps = made.yaml("""
                - route:
                    id: tickets
                    from:
                      uri: direct:tickets
                      steps:
                        - to:
                            uri: prompt:tickets
                            parameters:
                              model: openai/gpt-4.1-mini
                """ + options.strip().indent(14));
        return steps;
    }

    private String file(String name, String text) throws Exception {
        return "file:" + Files.writeString(folder.resolve(name), text);
    }

    private static JsonNode json(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return Json.tree(exchange.getMessage().getBody(String.class).getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode call(int number) {
        return SERVER.calls().get(number).body();
    }

    @Test
    void aTicketKeepsItsFieldsAndGetsTwo() throws Exception {
        String schema = file("ticket.schema.json", """
                {"type":"object","properties":{"summary":{"type":"string"},"mood":{"type":"string"}},"required":["summary","mood"],"additionalProperties":false}""");
        String template = file("ticket.mustache", "Ticket of {{customer.name}}, {{model}}: {{#note}}{{note}}{{/note}}{{^note}}nothing{{/note}} for {{small}}");
        start("prompt: \"" + template + "\"\nschema: \"" + schema + "\"\nresult: \".record + {summary: .answer.summary, mood: .answer.mood}\"");
        SERVER.script(Reply.text("```json\n{\"summary\":\"short\",\"mood\":\"+50 %\"}\n```"));

        JsonNode out = json(steps.send("tickets", TICKET));

        JsonNode record = Json.tree(TICKET.getBytes(StandardCharsets.UTF_8));
        assertThat(out.path("summary").asText()).isEqualTo("short");
        assertThat(out.path("mood").asText()).isEqualTo("+50 %");
        assertThat(new String(Json.bytes(((ObjectNode) out.deepCopy()).without(List.of("summary", "mood"))), StandardCharsets.UTF_8))
                .isEqualTo(new String(Json.bytes(record), StandardCharsets.UTF_8));
        JsonNode sent = call(0);
        assertThat(sent.at("/messages/0/content").asText()).isEqualTo("Ticket of Ada, Golf: nothing for 0.00000010");
        assertThat(sent.path("model").asText()).isEqualTo("openai/gpt-4.1-mini");
        assertThat(sent.at("/response_format/json_schema/schema/required/0").asText()).isEqualTo("summary");
        assertThat(sent.toString()).doesNotContain("canary").doesNotContain("u-1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"Sum up \\(.customer.name)\"                 | .answer                 | [1,2]            | [1,2]",
        "\"Sum up \\(.customer.name)\"                 | answer                  | {\"a\":1}        | {\"a\":1}",
        "\"Sum up \\(.customer.name)\"                 | answer                  | no data          | null",
        "\"Sum up \\(.customer.name)\"                 | .text                   | plain & + %      | plain & + %",
        "\"Sum up \\(.customer.name)\"                 | {a: .record.small, b: (.record.id + 0.5)} | x | {\"a\":0.00000010,\"b\":7.5}",
        "\"Sum up \\(.customer.name)\"                 | [.key, .headers.kind, .error, .result.status] | x | [\"k\",\"big\",null,\"success\"]"})
    void whatGoesOnIsWhatItsExpressionSays(String prompt, String result, String answer, String expected) throws Exception {
        start("prompt: '" + prompt + "'\nresult: '" + result + "'");
        SERVER.script(Reply.text(answer));
        Exchange out = steps.send("tickets", TICKET, Map.of("kafka.KEY", "k", "kind", "big"));
        assertThat(out.getException()).isNull();
        assertThat(out.getMessage().getBody(String.class)).isEqualTo(expected);
        assertThat(call(0).at("/messages/0/content").asText()).isEqualTo("Sum up Ada");
    }

    @Test
    void aRecordThatDoesNotFitFailsAloneAndIsNotQuoted() throws Exception {
        start("prompt: '\"\\(.a)\"'\nresult: '.record.id + .record.customer'");
        SERVER.script(Reply.text("x"));
        Exchange out = steps.send("tickets", TICKET);
        assertThat(ExceptionUtils.throwableOfType(out.getException(), PromptFailed.class)).satisfies(failed -> {
            assertThat(failed.getCode()).isEqualTo("bad_expression");
            assertThat(failed.getMessage()).contains(".record.id + .record.customer").doesNotContain("Ada");
        });
    }

    @Test
    void aRecordThatDoesNotFitTheTemplateIsKnownByItsIdAllTheSame() throws Exception {
        Path template = Files.writeString(folder.resolve("gone.mustache"), "Sum up {{gone}}");
        start("prompt: file:" + template + "\nid: .id");
        PromptFailed failed = (PromptFailed) steps.send("tickets", TICKET).getException();

        assertThat(failed.getCode()).isEqualTo("missing_prompt");
        assertThat(Json.tree(failed.getLetter().getBytes(StandardCharsets.UTF_8)).path("id").asText()).isEqualTo("7");
    }

    @Test
    void theRecordInAnEnvelopeHasAnIdAndAPayerOfItsOwn() throws Exception {
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder.resolve("ledger")))) {
            start("prompt: '\"Sum up \\(.customer.name)\"'\nunwrap: .payload\nid: .id\ntenantFrom: .customer.org", StepsUnderTest.of(SERVER, ledger, Map.of()));
            String envelope = "{\"schema\":{\"x\":1},\"payload\":" + TICKET + "}";
            JsonNode first = json(steps.send("tickets", envelope));
            assertThat(first.path("id").asText()).isEqualTo("7");
            assertThat(first.path("tenant").asText()).isEqualTo("acme");
            json(steps.send("tickets", envelope));
            assertThat(SERVER.calls()).as("the same id and instruction").hasSize(1);
            json(steps.send("tickets", envelope.replace("\"id\":7", "\"id\":8")));
            assertThat(SERVER.calls()).hasSize(2);
            steps.close();
        }
    }

    /** The text null would be called, and paid for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        ".payload       | {\"after\":{\"a\":1}}                | kafka | option unwrap found nothing in the record: it has no .payload",
        ".payload.after | {\"payload\":null}                   | kafka | option unwrap found nothing in the record: it has no .payload.after",
        ".payload       | a plain text                         | file  | option unwrap found nothing in the record: it has no .payload",
        ".payload       | {\"payload\":null}                   | file  | what option unwrap names is null in the record",
        ".a[1]          | {\"a\":[1]}                          | kafka | option unwrap found nothing",
        "if .a then null else 1 end | {\"a\":1}               | kafka | option unwrap found nothing"})
    void envelopeThatHoldsNothingIsNoPrompt(String unwrap, String record, String origin, String words) throws Exception {
        start("unwrap: " + unwrap + "\ntombstones: skip");
        Exchange out = steps.send("tickets", record, origin.equals("kafka") ? KAFKA : Map.of());
        assertThat(ExceptionUtils.throwableOfType(out.getException(), PromptFailed.class)).satisfies(failed -> {
            assertThat(failed.getCode()).isEqualTo("missing_prompt");
            assertThat(failed.getMessage()).contains(words);
            JsonNode letter = Json.tree(failed.getLetter().getBytes(StandardCharsets.UTF_8));
            assertThat(letter.has("request") ? letter.get("request").toString() : new String(Base64.getDecoder().decode(letter.path("raw_base64").asText()), StandardCharsets.UTF_8))
                    .as("the record as it came").isEqualTo(record);
        });
        assertThat(SERVER.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({".after, pass", ".after, skip", ".after, fail", "'.payload.after // .after', pass", ".after # the new row, pass"})
    void deletionOfDebeziumIsATombstone(String unwrap, String tombstones) throws Exception {
        start("unwrap: '" + unwrap + "'\ntombstones: " + tombstones);
        String deletion = "{\"before\":{\"id\":7},\"after\":null,\"op\":\"d\"}";
        Exchange out = steps.send("tickets", deletion, KAFKA);
        if (tombstones.equals("fail")) {
            assertThat(ExceptionUtils.throwableOfType(out.getException(), PromptFailed.class).getCode()).isEqualTo("missing_prompt");
        } else {
            assertThat(out.getException()).isNull();
            assertThat(out.getMessage().getBody()).isEqualTo(deletion);
            assertThat(steps.pipeline("tickets").statistics().passedOn()).isOne();
        }
        assertThat(SERVER.calls()).isEmpty();
        assertThat(steps.pipeline("tickets").window().unfinished()).isZero();
    }

    /** Nor where an expression would make something of it. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"of kafka:, FF48, 'unwrap: .text', option registry", "of kafka:, 000000000748, 'unwrap: .text', option registry",
        "of kafka:, 000000000748, 'id: .text', option registry", "of a file, FF48, 'unwrap: .text', not UTF-8 at byte 1", "of a file, 48FF, 'unwrap: .payload', not UTF-8 at byte 2"})
    void bytesAreNoPrompt(String origin, String hex, String options, String words) throws Exception {
        start("prompt: '\"Say \\(.text)\"'\n" + options.replace("'", ""));
        Map<String, Object> headers = origin.equals("of kafka:") ? KAFKA : Map.of();
        Exchange out = steps.send("tickets", HexFormat.of().parseHex(hex), headers);
        assertThat(ExceptionUtils.throwableOfType(out.getException(), PromptFailed.class)).satisfies(failed -> {
            assertThat(failed.getCode()).isEqualTo("invalid_encoding");
            assertThat(failed.getMessage()).contains(words);
        });
        assertThat(SERVER.calls()).isEmpty();
    }

    /** A template of sections alone would make something of it, and a model would be paid for that. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Sum up. {{#subject}}{{subject}}{{/subject}} | this is no json | invalid_json",
        "Sum up. {{#subject}}{{subject}}{{/subject}} | [1,2]           | invalid_json",
        "Sum up. {{#subject}}{{subject}}{{/subject}} | \"abc\"           | invalid_json",
        "\"Sum up the text. \\(.subject)\"            | this is no json | invalid_json",
        "Sum up. {{#text}}{{text}}{{/text}}          | this is no json | answered",
        "Sum up. {{.}}                               | this is no json | answered",
        "\"Sum up \\(.text)\"                         | this is no json | answered",
        "\"Sum up \\(.)\"                              | 42              | answered"})
    void plainTextIsARecordWhereATemplateNamesIt(String prompt, String record, String outcome) throws Exception {
        start("prompt: '" + (prompt.startsWith("\"") ? prompt : file("p.mustache", prompt)) + "'\nresult: text");
        SERVER.script(Reply.text("answered"));
        Exchange out = steps.send("tickets", record, KAFKA);
        PromptFailed failed = ExceptionUtils.throwableOfType(out.getException(), PromptFailed.class);
        assertThat(failed == null ? out.getMessage().getBody(String.class) : failed.getCode()).isEqualTo(outcome);
        assertThat(SERVER.calls()).hasSize(failed == null ? 1 : 0);
    }

    @Test
    void onFailurePassLetsTheRecordThroughWithTheError() throws Exception {
        start("prompt: '\"Sum up \\(.customer.name)\"'\nonFailure: pass\nresult: '.record + {ai: .answer, error: .error.code}'");
        SERVER.scriptThen(Reply.error(400, "no"));
        JsonNode out = json(steps.send("tickets", TICKET));
        assertThat(out.path("id").asInt()).isEqualTo(7);
        assertThat(out.path("ai").isNull()).isTrue();
        assertThat(out.path("error").asText()).isEqualTo("bad_request");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "prompt: Summarise this                | option prompt is Summarise this: it is a Mustache template by file:PATH or classpath:NAME, or a jq text",
        "prompt: file:nowhere.mustache         | option prompt: file:nowhere.mustache cannot be read",
        "result: '.record +'                   | option result: .record + is no jq expression",
        "result: nosuch(.record)               | nosuch/1 does not exist",
        "input: data                           | input=data needs option prompt",
        "schema: classpath:nowhere.json        | option schema: classpath:nowhere.json cannot be read",
        "id: '.[}'                             | option id: .[} is no jq expression"})
    void whatIsWrongStopsTheStartAndNamesStepAndOption(String options, String expected) {
        assertThatThrownBy(() -> start(options)).satisfies(failure -> assertThat(ExceptionUtils.getStackTrace(failure)).contains("prompt:tickets").contains(expected));
    }
}
