package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The original keyword rule to the letter, and the default rules on prompts that leave no doubt. */
class DetectionTest {

    /** Spec section 3, in its order. */
    private static final Map<String, List<String>> ORIGINAL = new LinkedHashMap<>();

    static {
        ORIGINAL.put("code", List.of("code", "programming", "function", "debug", "syntax", "python", "javascript"));
        ORIGINAL.put("creative", List.of("story", "creative", "poem", "write", "imagine", "character"));
        ORIGINAL.put("analysis", List.of("analyze", "compare", "evaluate", "explain", "why", "how"));
        ORIGINAL.put("math", List.of("calculate", "solve", "equation", "math", "science", "formula"));
        ORIGINAL.put("chat", List.of("hello", "hi", "how are you", "what do you think"));
    }

    private static ScriptedServer server;
    private static RoutesUnderTest keywords;
    private static RoutesUnderTest signs;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        keywords = RoutesUnderTest.start(server.baseUrl(), Map.of("detection.rules", "keywords"));
        signs = RoutesUnderTest.start(server.baseUrl(), Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        keywords.close();
        signs.close();
        server.close();
    }

    private static String originalRule(String prompt) {
        String lower = prompt.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, List<String>> row : ORIGINAL.entrySet()) {
            if (row.getValue().stream().anyMatch(lower::contains)) {
                return row.getKey();
            }
        }
        return "general";
    }

    private static String task(RoutesUnderTest routes, String prompt) {
        return routes.ask(line(prompt).toString()).at("/routing/task").asText();
    }

    private static ObjectNode line(String prompt) {
        return Json.MAPPER.createObjectNode().put("prompt", prompt);
    }

    @Test
    void keywordsAgreeWithTheOriginalRuleOnEveryPrompt() {
        List<String> words = new ArrayList<>(List.of("the", "a", "cat", "sat", "on", "mat", "Tell", "me", "about", "Rome", "please", "lunch",
                "THIS", "shoWer", "which", "Decoder", "history", "rewritten", "aftermath", "unsolved", "Ü", "données", "42", "?", "\n", "İstanbul"));
        ORIGINAL.values().forEach(words::addAll);
        words.addAll(List.of("PYTHON", "Function", "pOeM", "co de", "char", "acter", "hel", "lo"));
        Random random = new Random(20260815);
        Map<String, Integer> seen = new LinkedHashMap<>();
        for (int i = 0; i < 400; i++) {
            StringBuilder prompt = new StringBuilder("q");
            for (int n = random.nextInt(6); n >= 0; n--) {
                // mostly words without any sign, or code would win nearly always
                int word = random.nextInt(100) < 75 ? random.nextInt(26) : random.nextInt(words.size());
                prompt.append(random.nextInt(8) == 0 ? "" : " ").append(words.get(word));
            }
            String expected = originalRule(prompt.toString());
            seen.merge(expected, 1, Integer::sum);
            assertThat(task(keywords, prompt.toString())).as("%s", prompt).isEqualTo(expected);
        }
        assertThat(seen).as("every task was met often enough to mean something").hasSize(6).allSatisfy((task, times) ->
                assertThat(times).isGreaterThan(5));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            this is it,                          chat
            show the map,                        analysis
            Decode it,                           code
            a history of Rome,                   creative
            underwrite a loan and calculate,     creative
            the aftermath,                       math
            how are you,                         analysis
            what do you mean,                    general
            what do you think,                   chat
            IMAGINE A FUNCTION,                  code
            lunch,                               general
            """)
    void theTrapsOfTheOriginalRuleAreKept(String prompt, String task) {
        assertThat(originalRule(prompt)).isEqualTo(task.strip());
        assertThat(task(keywords, prompt)).isEqualTo(task.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"code", "creative", "analysis", "math", "chat", "general"})
    void theTaskThatTheRequestNamesWins(String task) {
        String line = line("Debug this python function").put("task", task).toString();
        assertThat(keywords.ask(line).at("/routing/task").asText()).isEqualTo(task);
        assertThat(signs.ask(line).at("/routing/task").asText()).isEqualTo(task);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Write a Python function that reverses a list                      | code
            Why does my SQL query return no rows?                             | code
            Write a poem about the sea                                        | creative
            Invent a slogan and a tagline for a bakery                        | creative
            Compare the advantages and disadvantages of solar and wind power  | analysis
            Explain the implications of the new law                           | analysis
            Solve the equation 3x + 4 = 19                                    | math
            Calculate the probability of two sixes                            | math
            Hi!                                                               | chat
            Hello there                                                       | chat
            What is the capital of Mongolia?                                  | general
            Show me this                                                      | general
            """)
    void theDefaultRulesFindWhatIsPlain(String prompt, String task) {
        assertThat(task(signs, prompt.strip())).isEqualTo(task.strip());
    }

    @Test
    void codeIsKnownByItsShapeAlone() {
        assertThat(task(signs, "What is wrong here?\n```\nx = 1\n```")).isEqualTo("code");
        assertThat(task(signs, "int a = 1;\nint b = 2;\n")).isEqualTo("code");
    }

    @Test
    void theLastUserMessageDecides() {
        String line = """
                {"messages":[{"role":"system","content":"You debug python code."},{"role":"user","content":"Write a poem about the sea"},\
                {"role":"assistant","content":"..."},{"role":"user","content":"Solve the equation 3x + 4 = 19"}]}""";
        assertThat(signs.ask(line).at("/routing/task").asText()).isEqualTo("math");
    }
}
