package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonlFileTest {

    @TempDir
    private Path folder;

    @Test
    void linesAreAppendedToWhatIsThere() throws Exception {
        Path path = file("old\n");

        try (JsonlFile file = new JsonlFile(path)) {
            file.append(bytes("{\"a\":1}"));
            assertThat(path).hasContent("old\n{\"a\":1}\n");
            file.append(bytes("é"));
            assertThat(file.lines()).isEqualTo(2);
        }

        assertThat(Files.readString(path)).isEqualTo("old\n{\"a\":1}\né\n");
    }

    @Test
    void linesOfManyThreadsStayWhole() throws Exception {
        Path path = folder.resolve("out.jsonl");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (JsonlFile file = new JsonlFile(path)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String line = String.valueOf(t).repeat(1 + t * 3_000);
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 100; i++) {
                        file.append(bytes(line));
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(file.lines()).isEqualTo(800);
        } finally {
            threads.shutdownNow();
        }

        List<String> lines = Files.readAllLines(path);
        assertThat(lines).hasSize(800);
        for (int t = 0; t < 8; t++) {
            String line = String.valueOf(t).repeat(1 + t * 3_000);
            assertThat(lines.stream().filter(line::equals).count()).isEqualTo(100);
        }
    }

    @Test
    void anInterruptedThreadSpoilsNothingAndStaysInterrupted() throws Exception {
        Path path = folder.resolve("out.jsonl");
        JsonlFile file = new JsonlFile(path);

        Thread.currentThread().interrupt();
        file.append(bytes("one"));
        boolean afterAppend = Thread.interrupted();
        file.append(bytes("two"));
        Thread.currentThread().interrupt();
        file.close();
        boolean afterClose = Thread.interrupted();

        assertThat(afterAppend).isTrue();
        assertThat(afterClose).isTrue();
        assertThat(path).hasContent("one\ntwo\n");
    }

    @Test
    void interruptsInTheMiddleOfWritesNeitherLoseNorDoubleALine() throws Exception {
        Path path = folder.resolve("out.jsonl");
        byte[] line = bytes("x".repeat(200_000));
        try (JsonlFile file = new JsonlFile(path)) {
            Thread writer = new Thread(() -> {
                for (int i = 0; i < 300; i++) {
                    try {
                        file.append(line);
                    } catch (IOException e) {
                        return;
                    }
                    Thread.interrupted();
                }
            });
            writer.start();
            while (writer.isAlive()) {
                writer.interrupt();
                writer.join(0, 50_000);
            }
            assertThat(file.lines()).isEqualTo(300);
        }

        assertThat(Files.size(path)).isEqualTo(300L * (line.length + 1));
        assertThat(Files.readAllLines(path)).hasSize(300).allMatch(read -> read.length() == line.length);
    }

    @Test
    void aClosedFileTakesNoLine() throws Exception {
        Path path = folder.resolve("out.jsonl");
        JsonlFile file = new JsonlFile(path);
        file.close();
        file.close();

        assertThatThrownBy(() -> file.append(bytes("late"))).isInstanceOf(IOException.class).hasMessageContaining("out.jsonl");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsToldWithTheFilesName() throws Exception {
        JsonlFile file = new JsonlFile(Path.of("/dev/full"));

        assertThatThrownBy(() -> file.append(bytes("one")))
                .isInstanceOf(IOException.class).hasMessageStartingWith("cannot write to /dev/full: ");
        assertThat(file.lines()).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatALineLeftThatFoundNoRoomIsCutOff() throws Exception {
        Path path = folder.resolve("out.jsonl");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = location(JsonlFile.class) + File.pathSeparator + location(AppendingProcess.class);
        // at most 8 KiB a file: part of the long line goes out before the rest is refused
        Process process = new ProcessBuilder("sh", "-c", "ulimit -f 8; exec \"$@\"", "sh", java, "-XX:-UsePerfData", "-cp", classes,
                AppendingProcess.class.getName(), path.toString()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

        assertThat(output).contains("refused: cannot write to " + path);
        assertThat(path).hasContent("first\nafter\n");
    }

    /** Appends a line that fits, one that is longer than files may be, and one that fits. */
    static final class AppendingProcess {

        public static void main(String[] args) throws IOException {
            try (JsonlFile file = new JsonlFile(Path.of(args[0]))) {
                file.append(bytes("first"));
                try {
                    file.append(new byte[100_000]);
                } catch (IOException e) {
                    System.out.println("refused: " + e.getMessage());
                }
                file.append(bytes("after"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "'one|', 'one|'",
        "'one|two', 'one|'",
        "'|', '|'",
        "'torn', ''",
        "'one||t', 'one||'",
    })
    void aTornTailIsCutOff(String before, String after) throws Exception {
        Path path = file(before.replace('|', '\n'));

        new JsonlFile(path).close();

        assertThat(Files.readString(path)).isEqualTo(after.replace('|', '\n'));
    }

    @ParameterizedTest
    @CsvSource({"65535", "65536", "65537", "131072", "1000000"})
    void aTornTailMayBeLongerThanABlock(int tail) throws Exception {
        Path path = file("first\nsecond\n" + "x".repeat(tail));

        new JsonlFile(path).close();
        assertThat(Files.readString(path)).isEqualTo("first\nsecond\n");
        new JsonlFile(path).close();
        assertThat(Files.readString(path)).isEqualTo("first\nsecond\n");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("out.jsonl"), content);
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
