package io.promptroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptParserTest {

    private static final Source RECORD = Source.record("prompts", 2, 41);

    private final PromptParser parser = new PromptParser(PlainSettings.get());

    @Test
    void aRecordWithoutAnIdIsKnownByItsPlace() throws Exception {
        assertThat(parse("Hi").id()).isEqualTo("prompts-2-41");
    }

    @Test
    void theBytesAreKeptAsTheyCame() throws Exception {
        byte[] raw = bytes(" {\"prompt\": \"Hi\"}");

        assertThat(parser.parse(raw, RECORD, null, null).raw()).isSameAs(raw);
    }

    @Test
    void aRefusalNamesTheIdThatTheInputGave() {
        assertThat(refusal("{\"id\":\"p-9\",\"prompt\":\"Hi\",\"budget\":\"x\"}").id()).isEqualTo("p-9");
        assertThat(refusal("{\"id\":9,\"prompt\":\"Hi \\ud800\"}").id()).isEqualTo("9");
        assertThat(refusal("{\"custom_id\":\"r-1\",\"url\":\"/v1/responses\",\"body\":{}}").id()).isEqualTo("r-1");
        assertThat(refusal("{\"prompt\":\"\"}").id()).isNull();
        assertThat(refusal("{\"id\":\"\\ud800\",\"prompt\":\"Hi\"}").id()).isNull();
    }

    @Test
    void ofADeadLetterARowThatWasNoneIsNoPromptEither() throws Exception {
        String letter = "{\"id\":\"a.csv:3\",\"error\":{\"code\":\"%s\",\"message\":\"why\"},\"raw_base64\":\"SGk=\"}";
        assertThat(refusal(letter.formatted("invalid_csv"))).hasMessage("why").extracting(InvalidPrompt::code, InvalidPrompt::id)
                .containsExactly("invalid_csv", "a.csv:3");
        assertThat(refusal(letter.formatted("unreadable")).code()).isEqualTo("unreadable");
        assertThat(parse(letter.formatted("rate_limited")).text()).isEqualTo("Hi");
    }

    @ParameterizedTest
    @CsvSource({"0123456789abcdef0123456789abcdef#2, 0123456789abcdef0123456789abcdef#2", "whatever, a.csv:3", "'', a.csv:3"})
    void aPromptThatIsFedInAgainIsKnownAsItWasThen(String record, String identity) throws Exception {
        String letter = "{\"id\":\"a.csv:3\",\"error\":{\"code\":\"timeout\",\"message\":\"why\"},\"record\":\"" + record + "\",%s}";

        assertThat(parse(letter.formatted("\"request\":{\"prompt\":\"Hi\"}")).identity()).isEqualTo(identity);
        assertThat(parse(letter.formatted("\"raw_base64\":\"SGk=\"")).identity()).isEqualTo(identity);
    }

    @Test
    void aRecordWithoutAValueIsRefused() {
        InvalidPrompt refusal = catchThrowableOfType(InvalidPrompt.class, () -> parser.parse(null, RECORD, "key", null));

        assertThat(refusal.code()).isEqualTo(InvalidPrompt.MISSING_PROMPT);
    }

    @ParameterizedTest
    @ValueSource(ints = {501, 1_001, 10_000, 1_000_000})
    void whatIsNestedTooDeepIsRefused(int depth) {
        String deep = "{\"prompt\":\"Hi\",\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}";

        assertThat(refusal(deep).code()).isEqualTo(InvalidPrompt.INVALID_JSON);
        assertThat(refusal(deep)).hasMessageContaining("nested deeper than");
    }

    @Test
    void dropsNoDigitOfAVeryLongNumber() throws Exception {
        String number = "0." + "1234567890".repeat(90);

        assertThat(Json.MAPPER.writeValueAsString(parse("{\"prompt\":\"Hi\",\"top_a\":" + number + "}").request())).contains(":" + number + "}");
    }

    @Test
    void refusesANumberThatIsLongerThanJacksonReads() {
        assertThat(refusal("{\"prompt\":\"Hi\",\"x\":" + "9".repeat(2_000) + "}").code()).isEqualTo(InvalidPrompt.INVALID_JSON);
    }

    /** What is refused stands in a dead letter, and what is taken in a result: our own reader has to read both. */
    @ParameterizedTest
    @ValueSource(strings = {"1e1001", "1e-5000", "1e999999999", "1e99999999999", "\"\\ud800\"", "{\"\\udc00\":1}", "[[[[1e1001]]]]", "1e998", "NaN"})
    void whatIsRefusedCanBeWrittenAndReadBackAndIsRefusedAgain(String value) throws Exception {
        byte[] line = bytes("{\"id\":\"x\",\"prompt\":\"Hi\",\"metadata\":{\"a\":" + value + "}}");
        for (int round = 0; round < 3; round++) {
            ObjectNode letter = Json.MAPPER.createObjectNode().put("id", "x");
            letter.putObject("error").put("code", "invalid_json");
            DeadLetterLine.hold(letter, line);
            byte[] again = Json.bytes(letter);
            assertThat(Json.MAPPER.readTree(again).path("id").asText()).isEqualTo("x");
            assertThat(outcome(again)).isEqualTo(outcome(line));
            line = again;
        }
    }

    private String outcome(byte[] line) {
        try {
            return parser.parse(line, RECORD, null, null).text();
        } catch (InvalidPrompt e) {
            return e.code();
        }
    }

    @Test
    void aQuoteInAMessageDoesNotEndInHalfACharacter() throws Exception {
        InvalidPrompt refusal = refusal("{\"prompt\":\"Hi\",\"budget\":\"" + "x".repeat(39) + "\ud83d\ude00 and more\"}");
        assertThat(Json.MAPPER.writeValueAsBytes(refusal.getMessage())).isNotEmpty();
    }

    @Test
    void manyNumbersThatGrowAreBoundedTogether() throws Exception {
        assertThat(parse("{\"prompt\":\"Hi\",\"metadata\":{\"a\":[" + "1e900,".repeat(100) + "0]}}").text()).isEqualTo("Hi");
        assertThat(parse("{\"prompt\":\"Hi\",\"metadata\":{\"a\":[" + "-0.12345678,".repeat(100_000) + "0]}}").text()).isEqualTo("Hi");
        assertThat(refusal("{\"prompt\":\"Hi\",\"metadata\":{\"a\":[" + "1e900,".repeat(100_000) + "0]}}"))
                .hasMessageContaining("metadata.a: ").hasMessageContaining("100000 together");
    }

    @Test
    @Timeout(30)
    void lettersWithinLettersAreUnwrappedInOneGo() throws Exception {
        String prompt = "{\"prompt\":\"" + "Hi ".repeat(3_000_000) + "\"}";
        String open = "{\"id\":\"d\",\"error\":{\"code\":\"x\"},\"request\":";
        Prompt deep = parse(open.repeat(480) + prompt + "}".repeat(480));
        assertThat(deep.id()).isEqualTo("d");
        assertThat(deep.raw()).hasSize(prompt.length());
        assertThat(refusal(open.repeat(600) + prompt + "}".repeat(600))).hasMessageContaining("nested deeper than 500");

        byte[] letter = bytes("Hi " + "ho ".repeat(1_000));
        while (letter.length < 5_000_000) {
            letter = bytes("{\"error\":{},\"raw_base64\":\"" + Base64.getEncoder().encodeToString(letter) + "\"}");
        }
        assertThat(parser.parse(letter, RECORD, null, null).text()).startsWith("Hi ho");
    }

    @Test
    void settingsAreCheckedWhenTheyAreMade() {
        assertThatIllegalArgumentException().isThrownBy(() -> PlainSettings.of(0));
    }

    @Test
    void whateverTheBytesThereIsAPromptThatCanBeSentOrARefusal() throws Exception {
        List<JsonNode> corpus = PromptParserCorpusTest.corpus();
        Random random = new Random(20_261_122);
        int prompts = 0;
        int refusals = 0;
        for (int round = 0; round < 40; round++) {
            for (JsonNode row : corpus) {
                byte[] input = mutated(PromptParserCorpusTest.input(row), random);
                try {
                    Prompt prompt = PromptParserCorpusTest.parser(row).parse(input, RECORD, null, null);
                    assertThat(Json.MAPPER.writeValueAsBytes(prompt.request())).isNotEmpty();
                    assertThat(prompt.id()).isNotBlank();
                    prompts++;
                } catch (InvalidPrompt e) {
                    assertThat(e.code()).isNotBlank();
                    refusals++;
                }
            }
        }
        assertThat(prompts).isGreaterThan(100);
        assertThat(refusals).isGreaterThan(100);
    }

    /** A few bytes changed, taken out or doubled; mostly to characters that mean something in JSON. */
    private static byte[] mutated(byte[] input, Random random) {
        StringBuilder bytes = new StringBuilder(new String(input, StandardCharsets.ISO_8859_1));
        String meaningful = "{}[]\",:\\u0d8e9-. \0\u00ff";
        for (int i = random.nextInt(4); i > 0 && !bytes.isEmpty(); i--) {
            int at = random.nextInt(bytes.length());
            char c = random.nextInt(4) > 0 ? meaningful.charAt(random.nextInt(meaningful.length())) : (char) random.nextInt(256);
            switch (random.nextInt(4)) {
                case 0 -> bytes.deleteCharAt(at);
                case 1 -> bytes.insert(at, c);
                case 2 -> bytes.setLength(at);
                default -> bytes.setCharAt(at, c);
            }
        }
        return bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private Prompt parse(String input) throws InvalidPrompt {
        return parser.parse(bytes(input), RECORD, null, null);
    }

    private InvalidPrompt refusal(String input) {
        return catchThrowableOfType(InvalidPrompt.class, () -> parse(input));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
