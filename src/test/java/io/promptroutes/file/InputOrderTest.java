package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What putting a job's lines into order must never do: lose one. */
class InputOrderTest {

    @TempDir
    private Path folder;

    @Test
    void linesThatHaveNoPlaceInTheInputOrTheSameOneAllStay() throws IOException {
        try (OutputFolder job = new OutputFolder(folder, false)) {
            job.inOrderOf(List.of("dead-letters.jsonl", "more.jsonl"));
            // dead letters that are replayed come from the files and topics of the job that they are of
            write(job, Source.line("a.jsonl", 3), "of a file");
            write(job, Source.line("b.jsonl", 3), "of the same line of another");
            write(job, Source.record("prompts", 0, 3), "of a topic");
            write(job, Source.line("more.jsonl", 2), "second");
            write(job, Source.line("more.jsonl", 1), "first");
            write(job, Source.line("more.jsonl", 1), "first, too");
            job.finished();
        }
        assertThat(ids()).containsExactly("first", "second", "of a file", "of the same line of another", "of a topic", "first, too");
    }

    @Test
    void whatAKilledProcessLeftGoesWithTheNextThatOpensTheFolder() throws IOException {
        Files.writeString(folder.resolve(InputOrder.FILE), "half a file");
        new OutputFolder(folder, false).close();
        assertThat(folder.resolve(InputOrder.FILE)).doesNotExist();
        Files.writeString(folder.resolve(InputOrder.FILE), "half a file");
        try (OutputFolder job = new OutputFolder(folder, false)) {
            job.inOrderOf(List.of("a.jsonl"));
            write(job, Source.line("a.jsonl", 2), "second");
            write(job, Source.line("a.jsonl", 1), "first");
            job.finished();
        }
        assertThat(ids()).containsExactly("first", "second");
        assertThat(folder.resolve(InputOrder.FILE)).doesNotExist();
    }

    @Test
    void nextToNothingOfALongJobIsInMemory() throws IOException {
        int count = 10_000;
        int inMemory = 50;
        List<Integer> came = new ArrayList<>(IntStream.rangeClosed(1, count).boxed().toList());
        Collections.shuffle(came, new Random(13));
        Path results = folder.resolve(OutputFolder.RESULTS);
        try (InputOrder order = new InputOrder(folder, List.of("a.jsonl"), inMemory)) {
            try (JsonlFile file = new JsonlFile(results)) {
                for (int line : came) {
                    order.note(Source.line("a.jsonl", line), "p-" + line);
                    file.append(line("p-" + line));
                }
            }
            assertThat(Files.size(folder.resolve(InputOrder.FILE))).as("bytes of all notes but the last").isEqualTo((count - inMemory) * 4L * Long.BYTES);
            order.sort(results);
        }
        assertThat(ids()).isEqualTo(IntStream.rangeClosed(1, count).mapToObj(line -> "p-" + line).toList());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatIsKeptBesideTheResultsIsForItsOwnerAlone() throws IOException {
        try (InputOrder order = new InputOrder(folder, List.of("a.jsonl"), 1)) {
            order.note(Source.line("a.jsonl", 1), "p");
            assertThat(Files.getPosixFilePermissions(folder.resolve(InputOrder.FILE))).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskLeavesTheResultsAsTheyCameAndTheNextRunPutsThemIntoOrder() throws IOException {
        OutputFolder full = new OutputFolder(folder, false);
        Files.createSymbolicLink(folder.resolve(InputOrder.FILE), Path.of("/dev/full"));
        full.inOrderOf(List.of("a.jsonl"));
        write(full, Source.line("a.jsonl", 2), "second");
        write(full, Source.line("a.jsonl", 1), "first");
        full.finished();
        assertThatThrownBy(full::close).isInstanceOf(IOException.class).hasMessageStartingWith("cannot write to " + folder.resolve(InputOrder.FILE) + ": ");
        assertThat(ids()).containsExactly("second", "first");
        assertThat(folder).isDirectoryNotContaining(file -> file.getFileName().toString().matches(".*\\.part|\\.order"));

        try (OutputFolder job = new OutputFolder(folder, false)) {
            job.inOrderOf(List.of("a.jsonl"));
            job.placed(Source.line("a.jsonl", 1), "first", "first");
            job.placed(Source.line("a.jsonl", 2), "second", "second");
            job.finished();
        }
        assertThat(ids()).containsExactly("first", "second");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsToldBeforeAPromptIsNoted() throws IOException {
        Files.createSymbolicLink(folder.resolve(InputOrder.FILE), Path.of("/dev/full"));
        try (InputOrder order = new InputOrder(folder, List.of("a.jsonl"), 1)) {
            order.note(Source.line("a.jsonl", 1), "first");
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> order.note(Source.line("a.jsonl", 2), "second")).isInstanceOf(IOException.class).hasMessageContaining("cannot write to");
            }
        }
    }

    private List<String> ids() throws IOException {
        return Files.readAllLines(folder.resolve(OutputFolder.RESULTS)).stream().map(line -> Json.text(line.getBytes(), "id")).toList();
    }

    private static void write(OutputFolder job, Source source, String id) throws IOException {
        job.placed(source, id, id);
        job.end(id, id, line(id), true, false);
    }

    private static byte[] line(String id) {
        return ("{\"id\":\"" + id + "\"}").getBytes();
    }
}
