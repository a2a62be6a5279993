package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Command {@code detect}: explains, measures and learns. */
class DetectCommandTest {

    @TempDir
    private Path folder;

    private record Told(int exit, String out, String err) {
    }

    private static Told run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("detect"));
        all.addAll(List.of(arguments));
        int exit = PromptRoutes.execute(all.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
        return new Told(exit, out.toString(), err.toString());
    }

    private Path file(String name, String... labelsAndPrompts) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < labelsAndPrompts.length; i += 2) {
            lines.add(Json.MAPPER.createObjectNode().put("label", labelsAndPrompts[i]).put("prompt", labelsAndPrompts[i + 1])
                    .put("source", "s" + i / 2 % 2).toString());
        }
        return Files.write(folder.resolve(name), lines);
    }

    @Test
    void explainsWhatSpeaksForAndAgainst() {
        Told told = run("Write a Python function that flattens a list");
        assertThat(told.exit()).isZero();
        assertThat(told.out()).contains("task        code", "confidence", "\"python\" +", "\"<program>\" +", "against");
        assertThat(run("What is wrong?\n```\nint a;\nint b;\n```").out()).contains("[code-fence]", "[code-lines]");
    }

    @Test
    void measuresTheRulesThatAreInUse() throws IOException {
        Path file = file("labelled.jsonl", "chat", "Hello!", "math", "Solve the equation 3x + 4 = 19", "code", "Hello!");
        assertThat(run("--evaluate", file.toString()).out()).contains("prompts     3", "accuracy    0.667").containsPattern("code +1 +0\\.000")
                .containsPattern("chat +1 +1\\.000 +0\\.500").containsPattern("math +1 +1\\.000 +1\\.000");
        // "this" is a chat to the original rule, "write" creative
        Path traps = file("traps.jsonl", "chat", "this", "creative", "write", "general", "write");
        assertThat(run("--evaluate", traps.toString(), "-D", "detection.rules=keywords").out()).contains("accuracy    0.667");
    }

    @Test
    void learnsWordsThatTheShippedLexiconCannotKnow() throws IOException {
        String[] rows = new String[48];
        for (int i = 0; i < rows.length; i += 4) {
            rows[i] = "math";
            rows[i + 1] = "the brillig tove number " + i;
            rows[i + 2] = "creative";
            rows[i + 3] = "the mimsy borogove number " + i;
        }
        rows[1] += " onlyonce";
        Path train = file("train.jsonl", rows);
        Path lexicon = folder.resolve("own.tsv");
        assertThat(run("--learn", train.toString(), "--out", lexicon.toString()).out()).contains("from 24 prompts");
        Path again = folder.resolve("again.tsv");
        run("--learn", train.toString(), "--out", again.toString());
        assertThat(again).hasSameTextualContentAs(lexicon);
        assertThat(Files.readString(lexicon)).contains("\nbrillig tove\t").doesNotContain("onlyonce");

        Path unseen = file("unseen.jsonl", "math", "a brillig day", "creative", "a mimsy day");
        assertThat(run("--evaluate", unseen.toString(), "-D", "detection.lexicon=" + lexicon).out()).contains("accuracy    1.000");
        assertThat(run("--leave-out", train.toString()).out()).contains("prompts     24");
    }

    @Test
    void whatCannotBeReadIsExit2AndNamed() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.jsonl"), "{\"prompt\":\"Hi\",\"label\":\"poetry\"}\n");
        Path broken = Files.writeString(folder.resolve("broken.tsv"), "word\t1\t2\n");
        assertThat(run("--evaluate", bad.toString()).err()).contains("bad.jsonl:1", "code, creative, analysis, math, chat, general");
        assertThat(run("--learn", bad.toString()).err()).contains("--out");
        assertThat(run("--evaluate", folder.resolve("none").toString()).err()).contains("none", "does not exist");
        Told told = run("Hi", "-D", "detection.lexicon=" + broken);
        assertThat(told.exit()).isEqualTo(2);
        assertThat(told.err()).contains("detection.lexicon", "broken.tsv", "word");
        assertThat(run("Hi", "-D", "detection.confidence=2").err()).contains("detection.confidence", "0 to 1");
        assertThat(run("Hi", "-D", "detection.lexicon=classpath:none.tsv").err()).contains("detection.lexicon", "none.tsv");
        assertThat(run().exit()).isEqualTo(2);
    }
}
