package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that cannot do what a request asks for are passed over, and named. */
class CapabilityTest {

    private static final Reply WALK_ON = Reply.error(404, "No endpoints found that support tool use.");

    private static ScriptedServer server;
    private static RoutesUnderTest routes;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        server.close();
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }

    /** With every call failing, all models that may be asked are. */
    private static List<String> asked(String request) {
        server.scriptThen(WALK_ON);
        routes.ask(request);
        return server.modelsCalled();
    }

    private static String part(String part) {
        return "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is this?\"}," + part + "]}]";
    }

    private static final String IMAGE = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}";
    private static final String FILE = "{\"type\":\"file\",\"file\":{\"filename\":\"a.pdf\",\"file_data\":\"https://example.org/a.pdf\"}}";
    private static final String AUDIO = "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}}";

    @Test
    void anImageNeverGoesToATextOnlyModel() {
        assertThat(asked("{" + part(IMAGE) + ",\"task\":\"code\"}"))
                .containsExactly("google/gemini-2.5-flash-lite", "mistralai/mistral-small-2603", "openrouter/free");
        assertThat(asked("{" + part(IMAGE) + ",\"budget\":\"free\"}")).containsExactly("openrouter/free", "google/gemma-4-26b-a4b-it:free");
        assertThat(asked("{" + part(IMAGE) + ",\"model\":\"deepseek/deepseek-v3.2\"}")).doesNotContain("deepseek/deepseek-v3.2");
    }

    @Test
    void anImageInAnEarlierTurnCountsToo() {
        assertThat(asked("{\"task\":\"code\",\"messages\":[{\"role\":\"user\",\"content\":[" + IMAGE + "]},{\"role\":\"assistant\",\"content\":\"A cat.\"},"
                + "{\"role\":\"user\",\"content\":\"Sure?\"}]}")).doesNotContain("deepseek/deepseek-v3.2");
    }

    @Test
    void noFreeModelStepsInThatCannotDoIt() {
        server.scriptThen(WALK_ON, Reply.error(402, "Insufficient credits."));
        routes.ask("{" + part(IMAGE) + ",\"model\":\"google/gemini-2.5-flash\"}");
        assertThat(server.modelsCalled()).containsExactly("google/gemini-2.5-flash", "openrouter/free", "google/gemma-4-26b-a4b-it:free");
    }

    @Test
    void filesAndAudioGoToModelsThatTakeThem() {
        assertThat(asked("{" + part(FILE) + ",\"task\":\"code\"}")).containsExactly("google/gemini-2.5-flash-lite");
        assertThat(asked("{" + part(AUDIO) + "}")).containsExactly("google/gemini-2.5-flash-lite");
        assertThat(asked("{" + part(FILE) + ",\"task\":\"code\",\"plugins\":[{\"id\":\"file-parser\"}]}")).as("parsed for any model")
                .startsWith("deepseek/deepseek-v3.2");
    }

    @Test
    void theResultNamesWhoWasPassedOverAndWhy() {
        server.script();
        JsonNode result = routes.ask("{" + part(IMAGE) + ",\"task\":\"code\"}");
        assertThat(texts(result.at("/routing/rejected"))).containsExactly("deepseek/deepseek-v3.2: takes no image as input");
        assertThat(texts(result.at("/routing/candidates")))
                .containsExactly("google/gemini-2.5-flash-lite", "mistralai/mistral-small-2603", "openrouter/free");
        assertThat(result.at("/routing/estimate/model").asText()).isEqualTo("google/gemini-2.5-flash-lite");
        assertThat(result.at("/routing/estimate/basis").asText()).startsWith("estimate of the worst case");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}] | microsoft/wizardlm-2-8x22b",
        "\"response_format\":{\"type\":\"json_object\"} | nvidia/nemotron-3-nano-30b-a3b:free",
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":{\"type\":\"object\"}}} | anthropic/claude-3-haiku",
        "\"max_tokens\":20000 | meta-llama/llama-3.3-70b-instruct"})
    void whatAModelDoesNotSupportItIsNotAskedFor(String field, String model) {
        assertThat(asked("{\"prompt\":\"x\",\"model\":\"" + model + "\"}")).as("else it is").contains(model);
        assertThat(asked("{\"prompt\":\"x\",\"model\":\"" + model + "\"," + field + "}")).isNotEmpty().doesNotContain(model);
    }

    @Test
    void aModelThatTheCatalogueDoesNotHaveIsAsked() {
        assertThat(asked("{" + part(IMAGE) + ",\"model\":\"nobody/knows\"}")).startsWith("nobody/knows");
    }

    private static String tokens(int about) {
        return "seven little words make up this line ".repeat(about / 7);
    }

    @Test
    void aPromptOf200kTokensNeverGoesToAModelOf128k() {
        assertThat(asked("{\"prompt\":\"" + tokens(200_000) + "\",\"model\":\"openai/gpt-4o\",\"models\":[\"deepseek/deepseek-v3.2\","
                + "\"anthropic/claude-sonnet-4.5\"],\"task\":\"general\"}"))
                .containsExactly("anthropic/claude-sonnet-4.5", "google/gemini-2.5-flash-lite", "mistralai/mistral-small-2603");
        server.script();
        JsonNode result = routes.ask("{\"prompt\":\"" + tokens(200_000) + "\",\"model\":\"openai/gpt-4o\",\"task\":\"general\"}");
        assertThat(texts(result.at("/routing/rejected"))).anySatisfy(reason ->
                assertThat(reason).startsWith("openai/gpt-4o: has a context of 128000 tokens, and prompt and answer need about 20"));
        assertThat(result.at("/routing/estimate/prompt_tokens").asInt()).isBetween(195_000, 205_000);
    }

    @Test
    void theAnswerNeedsRoomInTheContextToo() {
        String prompt = "\"prompt\":\"" + tokens(127_000) + "\",\"model\":\"openai/gpt-4o\",\"task\":\"general\",";
        assertThat(asked("{" + prompt + "\"max_tokens\":100}")).startsWith("openai/gpt-4o");
        assertThat(asked("{" + prompt + "\"max_tokens\":4000}")).doesNotContain("openai/gpt-4o");
    }

    @Test
    void aPromptThatFitsNoModelIsADeadLetterThatNamesTheLongestContext() {
        server.script();
        JsonNode dead = routes.ask("{\"id\":\"long\",\"prompt\":\"" + tokens(1_500_000) + "\",\"tenant\":\"school\",\"task\":\"general\"}");
        assertThat(server.calls()).isEmpty();
        assertThat(dead.at("/error/code").asText()).isEqualTo("context_length");
        assertThat(dead.at("/error/message").asText()).contains("1048576 (google/gemini-2.5-flash-lite)", "of all models ");
        assertThat(dead.path("tenant").asText()).isEqualTo("school");
        assertThat(dead.at("/request/id").asText()).isEqualTo("long");
    }

    @Test
    void aRequestThatNoModelCanDoIsADeadLetter() {
        server.script();
        JsonNode dead = routes.ask("{" + part(FILE) + ",\"budget\":\"free\"}");
        assertThat(server.calls()).isEmpty();
        assertThat(dead.at("/error/code").asText()).isEqualTo("no_capable_model");
        assertThat(dead.at("/error/message").asText()).contains("openrouter/free: takes no file as input");
    }
}
