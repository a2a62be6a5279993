package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import io.promptroutes.simulator.SimulatorConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which prompts are the same piece of work, and what a job's files hold of it when instruction, tables or input have changed. */
class IdentityIT {

    private static final String DATA = "prompts.template={{text}}";

    @TempDir
    private Path folder;
    private Simulator simulator;
    private Product product;

    @BeforeEach
    void start() {
        simulator = Simulator.start(config(Map.of()));
        product = Product.in(folder).calling(simulator);
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"template", "system", "file"})
    void anotherInstructionIsAnotherPrompt(String how) {
        product.file("a.csv", table(IntStream.rangeClosed(1, 6).mapToObj(n -> "Row " + n).toList()));
        product.file("Summarise.mustache", "Summarise {{text}}").file("Translate.mustache", "Translate {{text}}");

        batch(how, "Summarise", "o1", "--limit", "2").with(0);
        Map<String, String> two = texts("o1");
        assertThat(batch(how, "Translate", "o1").with(0).err()).contains("changed     2 prompts have another instruction than before, and are called");
        assertThat(simulator.bill().completions()).isEqualTo(8);
        Map<String, String> translated = texts("o1");
        assertThat(translated).hasSize(6).doesNotContainValue(two.get("a.csv:2")).doesNotContainValue(two.get("a.csv:3"));

        assertThat(batch(how, "Summarise", "o1").with(0).err()).contains("reused      2 answers", "4 prompts have another instruction than before");
        assertThat(simulator.bill().completions()).isEqualTo(12);
        Map<String, String> summarised = texts("o1");
        assertThat(summarised).hasSize(6).containsAllEntriesOf(two).allSatisfy((id, text) -> assertThat(text).isNotEqualTo(translated.get(id)));

        assertThat(batch(how, "Translate", "o1").with(0).err()).contains("reused      6 answers").doesNotContain("another instruction");
        assertThat(texts("o1")).isEqualTo(translated);
        assertThat(batch(how, "Summarise", "o2").with(0).err()).contains("reused      6 answers");
        assertThat(texts("o2")).isEqualTo(summarised);
        assertThat(simulator.bill().completions()).as("changed back, or asked in another folder").isEqualTo(12);
        batch(how, "Shorten", "o2", "-D", "prompts.template=Shorten {{text}}").with(0);
        assertThat(simulator.bill().completions()).isEqualTo(18);
    }

    private Ended batch(String how, String verb, String out, String... more) {
        List<String> command = new ArrayList<>(List.of("batch", "a.csv", "--out", out));
        command.addAll(switch (how) {
            case "template" -> List.of("-D", "prompts.template=" + verb + " {{text}}");
            case "file" -> List.of("-D", "prompts.template=file:" + (verb.equals("Shorten") ? "Summarise" : verb) + ".mustache");
            default -> List.of("-D", DATA, "-D", "prompts.system=" + verb + " it.");
        });
        command.addAll(List.of(more));
        return product.runHere(command.toArray(String[]::new));
    }

    @Test
    void whereAProcessWasKilledTheFilesHoldTheAnswersOfTheInstructionThatIsWanted() throws Exception {
        product.file("a.csv", table(List.of("one", "two")));
        batch("template", "Summarise", "out").with(0);
        Map<String, String> summarised = texts("out");
        String lines = Files.readString(folder.resolve("out/results.jsonl"));
        batch("template", "Translate", "out").with(0);
        Files.writeString(folder.resolve("out/results.jsonl"), lines + Files.readString(folder.resolve("out/results.jsonl")));

        assertThat(batch("template", "Summarise", "out").with(0).err()).contains("reused      2 answers");
        assertThat(texts("out")).isEqualTo(summarised);
    }

    @Test
    void withoutTextsInTheLedgerALineStandsForItsOwnInstructionAlone() {
        String[] less = {"-D", "ledger.store-text=off"};
        product.file("a.csv", table(List.of("one", "two")));
        batch("template", "Summarise", "out", less).with(0);
        batch("template", "Translate", "out", less).with(0);
        Map<String, String> translated = texts("out");

        batch("template", "Translate", "out", less).with(0);
        assertThat(texts("out")).isEqualTo(translated);
        batch("template", "Summarise", "out", less).with(1);
        assertThat(Outputs.of(folder.resolve("out")).deadLetters()).hasSize(2).allMatch(line -> line.at("/error/code").asText().equals("already_answered"));
        assertThat(texts("out")).isEmpty();
        assertThat(simulator.bill().completions()).isEqualTo(4);
    }

    @Test
    void theFilesHoldWhatTheInputHoldsAndNoAnswerIsLost() throws Exception {
        product.file("a.csv", table(List.of("one", "two", "two", "three", "four", "five"))).file("b.csv", table(List.of("six", "seven")));
        product.runHere("batch", "a.csv", "b.csv", "--out", "out", "-D", DATA).with(0);
        Map<String, String> texts = texts("out");
        assertThat(texts).hasSize(8);

        product.file("a.csv", table(List.of("new", "two", "three", "five")));
        assertThat(product.runHere("batch", "a.csv", "b.csv", "--out", "out", "-D", DATA, "--limit", "1").with(0).err()).doesNotContain("removed  ");
        assertThat(product.runHere("batch", "a.csv", "b.csv", "--out", "out", "-D", DATA, "--order", "input", "--format", "openai").with(0).err())
                .contains("3 results are of rows that are not in the input any more");
        assertThat(simulator.bill().completions()).isEqualTo(9);
        Outputs outputs = Outputs.of(folder.resolve("out"));
        assertThat(outputs.resultIds()).containsExactly("a.csv:2", "a.csv:3", "a.csv:4", "a.csv:5", "b.csv:2", "b.csv:3");
        assertThat(text(outputs.result("a.csv:5"))).as("five").isEqualTo(texts.get("a.csv:7"));
        assertThat(outputs.result("a.csv:5").at("/source/line").asInt()).isEqualTo(5);
        assertThat(Files.readAllLines(folder.resolve("out/openai-output.jsonl"))).hasSize(6);
        assertThat(removed()).extracting(IdentityIT::text).as("one, the second two, four")
                .containsExactlyInAnyOrder(texts.get("a.csv:2"), texts.get("a.csv:4"), texts.get("a.csv:6"));

        product.runHere("batch", "a.csv", "--out", "out", "-D", DATA, "--limit", "2").with(0);
        assertThat(product.runHere("batch", "a.csv", "--out", "out", "-D", DATA).with(0).err()).doesNotContain("removed  ");
        assertThat(Outputs.of(folder.resolve("out")).resultIds()).as("a file that is not read loses nothing").hasSize(6);
        assertThat(removed()).hasSize(3);

        product.file("a.csv", table(List.of("one", "new", "two", "three", "five", "four")));
        product.runHere("batch", "a.csv", "b.csv", "--out", "out", "-D", DATA).with(0);
        assertThat(simulator.bill().completions()).as("rows that come back are not called again").isEqualTo(9);
        assertThat(texts("out")).hasSize(8).containsEntry("a.csv:2", texts.get("a.csv:2")).containsEntry("a.csv:7", texts.get("a.csv:6"));
    }

    @Test
    void linesLostInACrashComeBackAndThoseOfRemovedRowsDoNot() throws Exception {
        product.file("a.csv", table(List.of("one", "two", "three", "four")));
        product.runHere("batch", "a.csv", "--out", "out", "-D", DATA).with(0);
        product.file("a.csv", table(List.of("one", "three", "four")));
        product.runHere("batch", "a.csv", "--out", "out", "-D", DATA).with(0);
        Map<String, String> texts = texts("out");
        List<String> lines = Files.readAllLines(folder.resolve("out/results.jsonl"));
        Files.writeString(folder.resolve("out/results.jsonl"), lines.get(0) + "\n" + lines.get(1).substring(0, 50));

        product.runHere("batch", "a.csv", "--out", "out", "-D", DATA, "--limit", "1").with(0);
        assertThat(texts("out").values()).isSubsetOf(texts.values());
        product.runHere("batch", "a.csv", "--out", "out", "-D", DATA).with(0);
        assertThat(texts("out")).isEqualTo(texts);
        assertThat(removed()).hasSize(1);
        assertThat(simulator.bill().completions()).isEqualTo(4);
    }

    @Test
    void deadLettersOfRemovedRowsGoTooAndThoseOfNoPromptsAreForgotten() {
        simulator.configure(config(Map.of("simulator.fault.moderation", "100", "simulator.fault.models", "nobody/nothing,openai/gpt-4.1")));
        product.file("p.jsonl", "{\"id\":\"x\",\"prompt\":\"X\",\"model\":\"openai/gpt-4.1\"}\n{\"id\":\"y\",\"prompt\":\"Y\"}\n{\"prompt\":1}\n{broken\n");
        product.runHere("batch", "p.jsonl", "--out", "out").with(1);
        assertThat(Outputs.of(folder.resolve("out")).deadLetterIds()).containsExactlyInAnyOrder("x", "p.jsonl:3", "p.jsonl:4");

        product.file("p.jsonl", "{\"id\":\"y\",\"prompt\":\"Y\"}\n{\"prompt\":1}\n");
        product.runHere("batch", "p.jsonl", "--out", "out").with(1);
        assertThat(Outputs.of(folder.resolve("out")).deadLetterIds()).containsExactly("p.jsonl:2");
        assertThat(Outputs.of(folder.resolve("out")).resultIds()).containsExactly("y");
        assertThat(Outputs.ids(Outputs.lines(folder.resolve("out/removed-rows.jsonl")))).containsExactly("x");
        product.runHere("dead-letters", "replay", "out").with(1);
        assertThat(Outputs.of(folder.resolve("out")).resultIds()).as("what is not replayed is not gone").containsExactly("y");
    }

    @Test
    void anAnswerIsBookedUnderTheModelThatGaveItAndADeadLetterOfAnotherFolderIsNone() {
        product.file("p.jsonl", "{\"id\":\"a\",\"prompt\":\"Hello there\"}\n{\"id\":\"b\",\"prompt\":\"Refused\",\"model\":\"openai/gpt-4.1\"}\n");
        simulator.configure(config(Map.of("simulator.fault.moderation", "100", "simulator.fault.models", "openai/gpt-4.1")));
        product.runHere("batch", "p.jsonl", "--out", "o1").with(1);
        simulator.configure(config(Map.of()));
        assertThat(product.runHere("batch", "p.jsonl", "--out", "o1").with(1).err()).doesNotContain("no longer names");
        Ended other = product.runHere("batch", "p.jsonl", "--out", "o2", "-D", "models.current.smart.chat.balanced=openai/gpt-4.1-mini").with(0);
        assertThat(other.err()).contains("1 answers are of models that the table no longer names (--fresh calls them again)")
                .containsPattern("chat +anthropic/claude-haiku-4.5 +0 +0.000000 .* 1\n").doesNotContainPattern("gpt-4.1-mini +0 ");
        assertThat(Outputs.of(folder.resolve("o2")).resultIds()).containsExactlyInAnyOrder("a", "b");
        JsonNode reused = Outputs.rows(product.runHere("costs", "--by", "model", "--format", "json").with(0).out()).stream()
                .filter(row -> row.path("model").asText().equals("anthropic/claude-haiku-4.5")).findFirst().orElseThrow();
        assertThat(reused.path("reused").asInt()).isEqualTo(2);
    }

    @Test
    void whatOnlyShapesTheResultIsNoOtherPrompt() {
        product.file("p.jsonl", "{\"id\":\"a\",\"prompt\":\"Hello there\",\"metadata\":{\"n\":1}}\n");
        product.runHere("batch", "p.jsonl", "--out", "out").with(0);
        product.file("p.jsonl", "{\"metadata\":{\"n\":2},\"prompt\":\"Hello there\",\"id\":\"a\",\"stream\":true,\"unknown\":7}\n");
        product.runHere("batch", "p.jsonl", "--out", "out", "-D", "tasks.chat.temperature=0.1", "-D", "breaker.open=5s").with(0);
        assertThat(simulator.bill().completions()).isEqualTo(1);
        assertThat(Outputs.of(folder.resolve("out")).results()).singleElement().satisfies(line -> assertThat(line.at("/metadata/n").asInt()).isEqualTo(2));
        for (String field : List.of("\"temperature\":0.5", "\"budget\":\"low\"", "\"max_cost_cents\":3", "\"task\":\"code\"", "\"system\":\"S\"",
                "\"allow_paid\":true", "\"response_format\":{\"type\":\"text\"}", "\"provider\":{\"zdr\":true}")) {
            long before = simulator.bill().completions();
            product.file("p.jsonl", "{\"id\":\"a\",\"prompt\":\"Hello there\"," + field + "}\n");
            product.runHere("batch", "p.jsonl", "--out", "out").with(0);
            assertThat(simulator.bill().completions()).as(field).isEqualTo(before + 1);
        }
    }

    @Test
    void deadLettersOfDataAreFedInAgain() {
        product.file("d.jsonl", "{\"id\":7,\"text\":\"one\",\"lang\":\"de\"}\n{\"text\":\"two\"}\n{\"text\":\"two\"}\nplain\n");
        product.runHere("batch", "d.jsonl", "--out", "out", "-D", "prompts.template={{text}} {{lang}}").with(1);
        assertThat(Outputs.of(folder.resolve("out")).deadLetters()).hasSize(3).allMatch(line -> line.at("/error/message").asText().contains("'lang'"));
        product.runHere("batch", "out/dead-letters.jsonl", "--out", "other", "-D", "prompts.template=Say {{text}}").with(0);
        assertThat(simulator.bill().completions()).isEqualTo(4);
        product.runHere("dead-letters", "replay", "out", "-D", "prompts.template=Say {{text}}").with(0);
        assertThat(simulator.bill().completions()).as("the other folder has paid for them").isEqualTo(4);
        assertThat(Outputs.of(folder.resolve("out")).resultIds()).containsExactlyInAnyOrder("d.jsonl:1", "d.jsonl:2", "d.jsonl:3", "d.jsonl:4");
    }

    private Map<String, String> texts(String out) {
        Map<String, String> texts = new HashMap<>();
        Outputs.of(folder.resolve(out)).results().forEach(line -> assertThat(texts.put(line.path("id").asText(), text(line))).isNull());
        return texts;
    }

    /** No two answers are the same. */
    private static String text(JsonNode line) {
        return line.path("generation_id").asText() + line.path("text").asText();
    }

    private List<JsonNode> removed() {
        return Outputs.lines(folder.resolve("out/removed-rows.jsonl"));
    }

    /** Ids and parameters of its own, which mean nothing. */
    private static String table(List<String> texts) {
        return "text,model,tenant\n" + String.join("", Stream.of(texts).flatMap(List::stream).map(text -> text + ",none/such,acme\n").toList());
    }

    private static SimulatorConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("simulator.latency", "0ms"));
        all.putAll(settings);
        return Simulated.by(all);
    }
}
