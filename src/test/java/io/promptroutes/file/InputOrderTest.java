package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
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
        assertThat(Files.readAllLines(folder.resolve(OutputFolder.RESULTS))).extracting(line -> Json.text(line.getBytes(), "id"))
                .containsExactly("first", "second", "of a file", "of the same line of another", "of a topic", "first, too");
    }

    @Test
    void whatAKilledProcessLeftGoesWithTheNextThatOpensTheFolder() throws IOException {
        Files.writeString(folder.resolve(".order"), "half a file");
        new OutputFolder(folder, false).close();
        assertThat(folder.resolve(".order")).doesNotExist();
        Files.writeString(folder.resolve(".order"), "half a file");
        try (OutputFolder job = new OutputFolder(folder, false)) {
            job.inOrderOf(List.of("a.jsonl"));
        }
        assertThat(folder.resolve(".order")).doesNotExist();
    }

    private static void write(OutputFolder job, Source source, String id) throws IOException {
        job.placed(source, id, id);
        job.end(id, id, ("{\"id\":\"" + id + "\"}").getBytes(), true);
    }
}
