package io.promptroutes.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A class-data archive of the built jar, which spares each process that a test starts a third of its CPU. Made by the first that asks, and
 * anew when the jar is newer; what starts meanwhile, or a JVM that cannot use it, goes on without.
 */
final class ClassArchive {

    private static final Path ARCHIVE = Path.of("target", "process-tests.jsa").toAbsolutePath();

    private ClassArchive() {
    }

    /** @param jvm the options that the processes have: an archive is for these @return the options that use it; none where it is not there yet, or could not be made */
    static synchronized List<String> options(Path java, List<String> jvm, Path jar) {
        try (FileChannel channel = FileChannel.open(ARCHIVE.resolveSibling("process-tests.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null && !isOf(jar)) {
                make(java, jvm, jar);
            }
            return isOf(jar) && Files.size(ARCHIVE) > 0 ? List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-Xlog:cds=off") : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOf(Path jar) throws IOException {
        return Files.exists(ARCHIVE) && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(jar)) >= 0;
    }

    /** Of what a small job and a service load. An empty file stands for one that could not be made. */
    private static void make(Path java, List<String> jvm, Path jar) throws IOException {
        Path folder = Files.createTempDirectory(ARCHIVE.getParent(), "archive-");
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\":\"Why is the sky blue?\"}\n");
        Set<String> classes = new LinkedHashSet<>();
        classes.addAll(loaded(folder, java, jvm, jar, "", "batch", "prompts.jsonl", "--out", "out", "--simulate"));
        classes.addAll(loaded(folder, java, jvm, jar, "running", "run", "--simulate", "-D", "pipelines=prompts,inbox", "-D", "inbox.directory=inbox", "-D", "management.port=0",
                "-D", "ledger.directory=data2"));
        Files.write(folder.resolve("all.lst"), classes);
        Path made = folder.resolve("made.jsa");
        List<String> command = new ArrayList<>(List.of(java.toString()));
        jvm.stream().filter(option -> !option.endsWith("GC")).forEach(command::add);
        // only this collector puts objects of the heap into an archive, and the one of the processes takes them from there
        command.addAll(List.of("-XX:+UseG1GC", "-Xshare:dump", "-XX:SharedClassListFile=all.lst", "-XX:SharedArchiveFile=" + made, "-cp", jar.toString()));
        ended(start(folder, command));
        if (Files.exists(made)) {
            Files.move(made, ARCHIVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.write(ARCHIVE, new byte[0]);
        }
    }

    /** @param until the process has said this it is let run; empty: until it ends by itself */
    private static List<String> loaded(Path folder, Path java, List<String> jvm, Path jar, String until, String... arguments) throws IOException {
        Path list = folder.resolve(arguments[0] + ".lst");
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(jvm);
        command.addAll(List.of("-XX:DumpLoadedClassList=" + list, "-jar", jar.toString()));
        command.addAll(List.of(arguments));
        Process process = start(folder, command);
        if (!until.isEmpty()) {
            await().atMost(Duration.ofMinutes(2)).until(() -> !process.isAlive() || Files.readString(folder.resolve("log.txt")).contains(until));
            process.destroy();
        }
        ended(process);
        return Files.exists(list) ? Files.readAllLines(list) : List.of();
    }

    private static Process start(Path folder, List<String> command) throws IOException {
        return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("log.txt").toFile()).start();
    }

    private static void ended(Process process) {
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
