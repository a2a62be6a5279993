package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seventh task, added as the README says: by its keys and a lexicon that learned it. */
class AddTaskTest {

    private static final Path PROMPTS = Path.of("src", "test", "resources", "detection");
    private static final String TO_TRANSLATE = "Translate this into Danish: we are closed on Monday.";

    @TempDir
    private static Path folder;
    private static final Map<String, String> KEYS = new HashMap<>();

    @BeforeAll
    static void follow() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String keys = readme.split(Pattern.quote("**Add a task.**"))[1].split("```properties")[1].split("```")[0];
        Properties properties = new Properties();
        properties.load(new StringReader(keys));
        properties.forEach((key, value) -> KEYS.put(key.toString(), value.toString()));
        Path lexicon = folder.resolve("mine.tsv");
        assertThat(detect("--learn", PROMPTS.resolve("translation-learn.jsonl").toString(), "--out", lexicon.toString())).contains("from 70 prompts");
        KEYS.put("detection.lexicon", lexicon.toString());
    }

    private static String detect(String... arguments) {
        List<String> all = new ArrayList<>(List.of("detect"));
        KEYS.forEach((key, value) -> all.addAll(List.of("-D", key + "=" + value)));
        all.addAll(List.of(arguments));
        StringWriter told = new StringWriter();
        assertThat(PromptRoutes.execute(all.toArray(String[]::new), new PrintWriter(told, true), new PrintWriter(told, true))).as("%s", told).isZero();
        return told.toString();
    }

    private static double accuracy(String prompts, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--evaluate", PROMPTS.resolve(prompts).toString()));
        arguments.addAll(List.of(more));
        Matcher accuracy = Pattern.compile("accuracy +(\\S+)").matcher(detect(arguments.toArray(String[]::new)));
        assertThat(accuracy.find()).isTrue();
        return Double.parseDouble(accuracy.group(1));
    }

    @Test
    void itIsFoundAndTheOthersAreFoundAsBefore() {
        assertThat(accuracy("translation-unseen.jsonl")).as("of 50 that were not learned from").isGreaterThanOrEqualTo(0.8);
        double before = accuracy("prompts.jsonl", "-D", "detection.lexicon=classpath:lexicon.tsv");
        assertThat(before).isGreaterThan(0.9);
        assertThat(accuracy("prompts.jsonl")).isGreaterThanOrEqualTo(before - 0.02);
        assertThat(detect(TO_TRANSLATE)).contains("task        translation", "\"<translate>\" +");
    }

    @Test
    void theWeightsOfTheOthersStayAndLearningAgainChangesNothing() throws IOException {
        List<String> learned = Files.readAllLines(Path.of(KEYS.get("detection.lexicon")));
        assertThat(learned.get(0)).isEqualTo("# feature\tcode\tcreative\tanalysis\tmath\tchat\tgeneral\ttranslation");
        List<String> others = learned.stream().map(row -> row.substring(0, row.lastIndexOf('\t'))).toList();
        assertThat(others).containsAll(Files.readAllLines(Path.of("src", "main", "resources", "io", "promptroutes", "lexicon.tsv")));
        Path again = folder.resolve("again.tsv");
        detect("--learn", PROMPTS.resolve("translation-learn.jsonl").toString(), "--out", again.toString());
        assertThat(again).hasSameBinaryContentAs(Path.of(KEYS.get("detection.lexicon")));
    }

    @Test
    void itsPromptsGetItsModelAndSettings() throws IOException {
        try (ScriptedServer server = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), KEYS)) {
            JsonNode found = routes.ask(Json.MAPPER.createObjectNode().put("prompt", TO_TRANSLATE).toString());
            assertThat(found.at("/routing/task").textValue()).isEqualTo("translation");
            assertThat(found.path("model_requested").textValue()).isEqualTo(KEYS.get("models.current.smart.translation.balanced"));
            assertThat(found.at("/routing/config/max_tokens").intValue()).isEqualTo(1500);
            assertThat(found.at("/routing/config/temperature").doubleValue()).isEqualTo(0.2);

            JsonNode named = routes.ask("{\"prompt\":\"Hi\",\"task\":\"Translation\",\"budget\":\"premium\"}");
            assertThat(named.at("/routing/task").textValue()).isEqualTo("translation");
            assertThat(named.at("/routing/reason").textValue()).contains("translation has no cell");
        }
    }

    @Test
    void itsKeywordsAreLookedForBehindThoseOfTheOthersOrWhereTheOrderSays() throws IOException {
        Map<String, String> keys = new HashMap<>(KEYS);
        keys.putAll(Map.of("detection.rules", "keywords", "detection.keywords.translation", "translate, in english"));
        String prompt = "{\"prompt\":\"Translate the poem\"}";
        try (ScriptedServer server = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), keys)) {
            assertThat(routes.ask("{\"prompt\":\"Translate the sentence\"}").at("/routing/task").textValue()).isEqualTo("translation");
            assertThat(routes.ask(prompt).at("/routing/task").textValue()).isEqualTo("creative");
        }
        keys.put("detection.order", "translation, code, creative");
        try (ScriptedServer server = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), keys)) {
            assertThat(routes.ask(prompt).at("/routing/task").textValue()).isEqualTo("translation");
        }
    }
}
