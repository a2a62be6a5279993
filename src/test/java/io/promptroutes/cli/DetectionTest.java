package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
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
    private static RoutesUnderTest lexicon;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        keywords = RoutesUnderTest.start(server.baseUrl(), Map.of("detection.rules", "keywords"));
        lexicon = RoutesUnderTest.start(server.baseUrl(), Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        keywords.close();
        lexicon.close();
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
        assertThat(lexicon.ask(line).at("/routing/task").asText()).isEqualTo(task);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Write a Python function that flattens a nested list                 | code
            Why does my SQL query return no rows?                               | code
            Welche Git-Befehle brauche ich, um einen Branch zu löschen?         | code
            Escribe una función en JavaScript que ordene una lista de objetos   | code
            写一个Python脚本，读取CSV文件并画图                                     | code
            Напиши функцию на Python, которая считает слова в файле             | code
            Write a poem about a river in flood                                 | creative
            Invent a slogan and a tagline for a florist                         | creative
            Schreibe eine Geschichte über einen Müller und seine Katze          | creative
            Écris un poème sur la neige                                         | creative
            Escribe un cuento sobre una bruja despistada                        | creative
            null pointer                                                        | code
            写一首关于大海的诗                                                     | creative
            Compare the advantages and disadvantages of solar and wind power    | analysis
            Why did the Ottoman Empire decline?                                 | analysis
            Was sind die Vorteile und Nachteile von Elektroautos?               | analysis
            Pourquoi les feuilles changent-elles de couleur ?                   | analysis
            Почему птицы улетают на юг?                                         | analysis
            为什么海水是咸的？                                                     | analysis
            Solve the equation 3x + 4 = 19                                      | math
            Calculate the probability of two sixes                              | math
            Berechne den Umfang eines Kreises mit Radius 5 cm                   | math
            Resuelve la ecuación 2x + 9 = 21                                    | math
            求函数 f(x) = x^2 + 3x 的导数                                          | math
            Hi!                                                                 | chat
            Hello there                                                         | chat
            Guten Abend, wie geht es dir?                                       | chat
            Olá, tudo bem com você?                                             | chat
            Спасибо, ты очень помог                                             | chat
            你好，你是谁？                                                         | chat
            What is the capital of Mongolia?                                    | general
            Translate the following sentence into Dutch: the shop is closed.    | general
            Welche Zutaten brauche ich für Pfannkuchen?                         | general
            Donne-moi une recette de soupe à l'oignon                           | general
            Traduce al inglés: la tienda está cerrada                           | general
            おすすめの観光地を教えてください                                         | general
            """)
    void theDefaultRulesFindWhatIsPlain(String prompt, String task) {
        assertThat(task(lexicon, prompt.strip())).isEqualTo(task.strip());
    }

    @Test
    void theResultSaysHowSureAndWhy() {
        JsonNode routing = lexicon.ask(line("Write a poem about a river in flood").toString()).path("routing");
        assertThat(routing.path("confidence").doubleValue()).isBetween(0.4, 1.0);
        assertThat(routing.path("signs")).isNotEmpty().hasSizeLessThanOrEqualTo(5).map(JsonNode::asText).contains("<poem>");
        JsonNode named = lexicon.ask(line("Write a poem").put("task", "math").toString()).path("routing");
        assertThat(named.has("confidence") || named.has("signs")).as("nothing was weighed where the request names the task").isFalse();
        assertThat(keywords.ask(line("a poem in python").toString()).at("/routing/signs")).map(JsonNode::asText)
                .containsExactly("code", "creative");
    }

    @Test
    void belowTheConfidenceThatIsAskedForTheTaskIsGeneral() throws IOException {
        try (RoutesUnderTest doubtful = RoutesUnderTest.start(server.baseUrl(), Map.of("detection.confidence", "1"))) {
            assertThat(task(doubtful, "Solve the equation 3x + 4 = 19")).isEqualTo("general");
        }
    }

    @Test
    void hostileTextsEndToo() {
        for (String part : List.of("(", "$ ", "=", "a_", "`", "\\", "select ", "\n\tat", "1)\n", "ab ", "\uD800", "\u0301", "的", "aA", "\n")) {
            String prompt = "x" + part.repeat(50_000 / part.length());
            assertThat(task(lexicon, prompt)).as("of many %s", part).isNotEmpty();
        }
    }

    @Test
    void codeIsKnownByItsShapeAlone() {
        assertThat(task(lexicon, "What is wrong here?\n```\nx = 1\n```")).isEqualTo("code");
        assertThat(task(lexicon, "int a = 1;\nint b = 2;\n")).isEqualTo("code");
    }

    @Test
    void theLastUserMessageDecides() {
        String line = """
                {"messages":[{"role":"system","content":"You debug python code."},{"role":"user","content":"Write a poem about the sea"},\
                {"role":"assistant","content":"..."},{"role":"user","content":"Solve the equation 3x + 4 = 19"}]}""";
        assertThat(lexicon.ask(line).at("/routing/task").asText()).isEqualTo("math");
    }
}
