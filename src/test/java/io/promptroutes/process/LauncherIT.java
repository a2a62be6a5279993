package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** bin/prompt-routes with the jar that was built and a real java. What it does in all cases is in LauncherTest and ArchiveTest. */
@Timeout(1200)
class LauncherIT {

    private static final Duration SOON = Duration.ofMinutes(5);

    @TempDir
    private Path folder;
    private Path home;
    private Path work;

    private void unpack(String name) throws IOException {
        home = Files.createDirectories(folder.resolve(name));
        work = Files.createDirectories(folder.resolve("some work"));
        Files.createDirectories(home.resolve("bin"));
        Files.copy(Path.of("bin", "prompt-routes"), home.resolve("bin").resolve("prompt-routes"));
        Files.createLink(home.resolve("prompt-routes.jar"), Path.of("target", "prompt-routes.jar"));
        Files.createDirectories(home.resolve("lib"));
        try (Stream<Path> jars = Files.list(Path.of("target", "lib"))) {
            for (Path jar : jars.toList()) {
                Files.createLink(home.resolve("lib").resolve(jar.getFileName()), jar);
            }
        }
        // nobody else is to be let go first
        Files.writeString(Files.createDirectories(folder.resolve("tools")).resolve("nice"), "#!/bin/sh\nshift 2\nexec \"$@\"\n");
        assertThat(folder.resolve("tools/nice").toFile().setExecutable(true)).isTrue();
    }

    @Test
    @Tag("chaos") // three processes, and the archive of some thousand classes
    void theSecondStartTakesItsClassesFromTheArchiveAndNothingElseIsDifferent() throws IOException {
        unpack("distribution"); // JDK 17 archives nothing of a jar with a blank in its path
        Ended first = ask("");
        await().atMost(Duration.ofMinutes(10)).until(() -> !archives().isEmpty());
        Ended second = ask("-Xlog:class+load:file=loaded.txt");
        assertThat(Outputs.json(second.out()).path("text").asText()).contains("simulated");
        assertThat(List.of(first.err(), second.err())).containsOnly("");
        assertThat(Files.readAllLines(work.resolve("loaded.txt"))).anyMatch(line -> line.matches(".* io\\.promptroutes\\.cli\\.AskCommand source: shared objects file.*"));
    }

    @Test
    void aServiceIsStoppedByItsSignalWhateverItsPathIs() throws IOException {
        unpack("a distribution");
        Running running = start("-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "run", "--simulate", "-D", "pipelines=inbox", "-D", "inbox.directory=in", "-D", "management.port=0");
        await().atMost(SOON).until(() -> !running.process().isAlive() || Files.readString(running.err()).contains("running"));
        running.process().destroy();
        assertThat(running.ended(SOON).with(3).out()).isEmpty();
    }

    private Ended ask(String options) throws IOException {
        return start(options, "ask", "Why is the sky blue?", "--simulate").ended(SOON).with(0);
    }

    private List<Path> archives() throws IOException {
        Path cache = folder.resolve("cache").resolve("prompt-routes");
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private Running start(String options, String... arguments) throws IOException {
        Path out = Files.createTempFile(folder, "stdout-", ".txt");
        Path err = Files.createTempFile(folder, "stderr-", ".txt");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(home.resolve("bin/prompt-routes").toString()), Stream.of(arguments)).toList())
                .directory(work.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", folder.resolve("tools") + ":/usr/bin:/bin", "JAVA_HOME", System.getProperty("java.home"),
                "XDG_CACHE_HOME", folder.resolve("cache").toString(), "JAVA_OPTS", "-Xmx512m " + options));
        return new Running(builder.start(), out, err, String.join(" ", arguments));
    }
}
