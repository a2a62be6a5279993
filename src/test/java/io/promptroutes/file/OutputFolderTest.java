package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {

    @TempDir
    private Path folder;

    /** Some servers give each answer the same name. */
    @Test
    void answersAreToldApartByWhatTheySay() throws IOException {
        byte[] old = line("{\"id\":\"p\",\"text\":\"old\",\"generation_id\":\"chatcmpl-42\"}");
        byte[] other = line("{\"id\":\"p\",\"text\":\"new\",\"generation_id\":\"chatcmpl-42\"}");
        try (OutputFolder job = new OutputFolder(folder, false)) {
            job.end("p", "p", old, true, false);
        }
        try (OutputFolder job = new OutputFolder(folder, false)) {
            assertThat(job.hasExactly("p", old, true)).isTrue();
            assertThat(job.hasExactly("p", other, true)).isFalse();
        }
    }

    @Test
    void ofTheLinesThatAKilledProcessLeftTheOneThatIsWantedIsWrittenLast() throws IOException {
        byte[] wanted = line("{\"id\":\"p\",\"text\":\"wanted\"}");
        Files.writeString(folder.resolve(OutputFolder.RESULTS), new String(wanted, StandardCharsets.UTF_8) + "\n{\"id\":\"p\",\"text\":\"of another instruction\"}\n");
        try (OutputFolder job = new OutputFolder(folder, false)) {
            assertThat(job.hasExactly("p", wanted, true)).isFalse();
            job.end("p", "p", wanted, true, true);
        }
        assertThat(Files.readAllLines(folder.resolve(OutputFolder.RESULTS))).containsExactly(new String(wanted, StandardCharsets.UTF_8));
    }

    @Test
    void linesOfSomebodysOwnMakingAreKnownByTheirPromptsUntilTheFileIsDone() throws IOException {
        byte[] first = ShapedLine.of(Json.tree(line("\"Good.\"")), Json.tree(line("{\"id\":\"p\",\"record\":\"r1\",\"text\":\"Good.\"}")));
        byte[] second = ShapedLine.of(Json.tree(line("\"Good.\"")), Json.tree(line("{\"id\":\"q\",\"text\":\"Good.\"}")));
        OutputFolder left = new OutputFolder(folder, false);
        left.end("p", "r1", first, true, false);
        left.leave();
        try (OutputFolder file = new OutputFolder(folder, false)) { // which is closed twice: what a process that was killed leaves stays
            assertThat(file.hasExactly("p", first, true)).isTrue();
            assertThat(file.hasExactly("q", second, true)).as("the same text is another prompt's").isFalse();
            file.end("q", "q", second, true, false);
            file.placed(Source.line("a.txt", 1), "p", "r1");
            file.placed(Source.line("a.txt", 2), "q", "q");
            assertThatThrownBy(() -> file.close(List.of("a.txt"), true, () -> {
                throw new IllegalStateException("killed");
            })).hasMessage("killed");
        }
        assertThat(Files.readAllLines(folder.resolve(OutputFolder.RESULTS))).containsExactly("\"Good.\"", "\"Good.\"");

        OutputFolder again = new OutputFolder(folder, false); // by the process that puts the file away
        assertThat(again.hasExactly("p", first, true) && again.hasExactly("q", second, true)).isTrue();
        again.placed(Source.line("a.txt", 1), "p", "r1");
        again.placed(Source.line("a.txt", 2), "q", "q");
        again.close(List.of("a.txt"), true, () -> { });
        assertThat(Files.readAllLines(folder.resolve(OutputFolder.RESULTS))).containsExactly("\"Good.\"", "\"Good.\"");
        assertThat(folder.resolve(".results.jsonl")).doesNotExist();
    }

    /** Too many open files, for example. */
    @Test
    void aFolderThatCouldNotBeOpenedCanBeLater() throws IOException {
        Path inTheWay = Files.createDirectory(folder.resolve(OutputFolder.ALERTS));
        assertThatThrownBy(() -> new OutputFolder(folder, false)).isInstanceOf(IOException.class);
        Files.delete(inTheWay);
        new OutputFolder(folder, false).close();
    }

    private static byte[] line(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
