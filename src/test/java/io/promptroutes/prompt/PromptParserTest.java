package io.promptroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptParserTest {

    private static final Source RECORD = Source.record("prompts", 2, 41);

    private final PromptParser parser = new PromptParser(PromptSettings.defaults());

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

        assertThat(Json.MAPPER.writeValueAsString(parse("{\"prompt\":\"Hi\",\"x\":" + number + "}").request())).contains(":" + number + "}");
    }

    @Test
    void refusesANumberThatIsLongerThanJacksonReads() {
        assertThat(refusal("{\"prompt\":\"Hi\",\"x\":" + "9".repeat(2_000) + "}").code()).isEqualTo(InvalidPrompt.INVALID_JSON);
    }

    @Test
    void settingsAreCheckedWhenTheyAreMade() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PromptSettings(0, Map.of(), null, null, InputFormat.AUTO));
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
