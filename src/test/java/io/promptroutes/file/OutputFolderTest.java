package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
            job.end("p", "p", old, true);
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
            job.end("p", "p", wanted, true);
        }
        assertThat(Files.readAllLines(folder.resolve(OutputFolder.RESULTS))).containsExactly(new String(wanted, StandardCharsets.UTF_8));
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
