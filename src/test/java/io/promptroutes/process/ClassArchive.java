package io.promptroutes.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A class-data archive of the built jar, which spares each process that a test starts a quarter of its CPU. Made by the first that asks, and
 * anew when the jar is newer; a JVM that cannot use it goes on without.
 */
final class ClassArchive {

    private static final Path ARCHIVE = Path.of("target", "process-tests.jsa").toAbsolutePath();

    private ClassArchive() {
    }

    /** @param jvm the options that the processes have: an archive is for these @return the options that use it; none where it could not be made */
    static synchronized List<String> options(Path java, List<String> jvm, Path jar) {
        try (FileChannel channel = FileChannel.open(ARCHIVE.resolveSibling("process-tests.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var ignored = channel.lock()) {
            if (!Files.exists(ARCHIVE) || Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(jar)) < 0) {
                make(java, jvm, jar);
            }
            return Files.size(ARCHIVE) == 0 ? List.of() : List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of one small job, since it loads most of the classes. An empty file stands for one that could not be made. */
    private static void make(Path java, List<String> jvm, Path jar) throws IOException {
        Path folder = Files.createTempDirectory(ARCHIVE.getParent(), "archive-");
        Path made = folder.resolve("made.jsa");
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\":\"Why is the sky blue?\"}\n");
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(jvm);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + made, "-jar", jar.toString(), "batch", "prompts.jsonl", "--out", "out", "--simulate"));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("log.txt").toFile()).start();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        if (Files.exists(made)) {
            Files.move(made, ARCHIVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.write(ARCHIVE, new byte[0]);
        }
    }
}
