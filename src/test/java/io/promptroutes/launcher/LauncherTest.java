package io.promptroutes.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promptroutes.launcher.Installation.Started;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What bin/prompt-routes starts, by a java that tells it. */
@Timeout(120)
class LauncherTest {

    private static final String[] SHORT = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"};

    @TempDir
    private Path folder;
    private Installation installation;

    @BeforeEach
    void unpack() throws IOException {
        installation = new Installation(folder.resolve("a distribution")).with("PROMPT_ROUTES_CACHE", "off");
    }

    @Test
    void itBecomesJavaAndHandsOnArgumentsAndExitCodeAsTheyAre() {
        Process process = installation.with("EXIT", "70").start("ask", "two  words", "", "*", "$HOME", "-D", "a=b c");
        Started started = Started.of(process);
        assertThat(started.exit()).isEqualTo(70);
        assertThat(started.process()).as("signals reach java").isEqualTo(process.pid());
        assertThat(started.arguments()).endsWith("-Dprompt-routes.launcher=" + installation.launcher(), "-jar", installation.jar().toString(), "ask", "two  words", "", "*", "$HOME", "-D", "a=b c");
        assertThat(started.err()).isEmpty();
    }

    @Test
    void itIsFoundThroughLinksFromAnyFolder() throws IOException {
        Path absolute = Files.createSymbolicLink(folder.resolve("of the user"), installation.launcher());
        Path relative = Files.createSymbolicLink(folder.resolve("p r"), Path.of("of the user"));
        assertThat(Started.of(installation.start(relative, "costs")).arguments()).endsWith("-jar", installation.jar().toString(), "costs");
        assertThat(Started.of(installation.start(absolute, "costs")).arguments()).endsWith("-jar", installation.jar().toString(), "costs");
        assertThat(Started.of(installation.start(Path.of("bin/prompt-routes"), "costs")).arguments()).endsWith("-jar", installation.jar().toString(), "costs");
    }

    @Test
    void inTheRepositoryItTakesTheJarThatWasBuilt() throws IOException {
        Path built = Files.createDirectories(installation.jar().resolveSibling("target")).resolve("prompt-routes.jar");
        Files.move(installation.jar(), built);
        Files.writeString(built.resolveSibling("prompt-routes-1-sources.jar"), "");
        assertThat(installation.run("costs").arguments()).contains(built.toString());
        Files.delete(built);
        Files.writeString(installation.jar().resolveSibling("pom.xml"), "");
        Started none = installation.run("costs");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("mvn -q -Dmaven.test.skip package");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ask Hi", "check", "costs", "batch small.jsonl --out out", "batch in", "--help", ""})
    void whatIsShortGetsTheQuickCompiler(String command) throws IOException {
        input("small.jsonl", 1);
        input("in/small.jsonl", 1);
        assertThat(installation.run(command.split(" ")).arguments()).contains(SHORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "simulator", "batch large.jsonl --out out", "batch in", "batch - --out out"})
    void whatIsLongDoesNot(String command) throws IOException {
        input("large.jsonl", 21);
        input("in/large.jsonl", 21);
        String[] words = command.split(" ");
        List<String> collectors = words[0].equals("batch") ? List.of("-XX:+UseParallelGC") : List.of();
        assertThat(installation.run(words).arguments()).doesNotContain(SHORT).filteredOn(option -> option.endsWith("GC")).isEqualTo(collectors);
        assertThat(installation.with("JAVA_OPTS", "-XX:+UseZGC").run(words).arguments()).filteredOn(option -> option.endsWith("GC")).containsExactly("-XX:+UseZGC");
    }

    @Test
    void whatIsNoInputDoesNotMakeABatchLong() throws IOException {
        input("small.jsonl", 1);
        input("out/results.jsonl", 21);
        assertThat(installation.run("batch", "small.jsonl", "--out", "out").arguments()).contains(SHORT);
    }

    private void input(String name, int megabytes) throws IOException {
        Path file = installation.jar().resolveSibling(name);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[megabytes << 20]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"})
    void optionsOfTheUserBeatIt(String variable) {
        Started started = installation.with(variable, "-Xmx1g  -XX:+UseParallelGC -XX:TieredStopAtLevel=4 -Dname=*").run("ask", "Hi");
        assertThat(started.arguments()).doesNotContain(SHORT);
        if (variable.equals("JAVA_OPTS")) {
            assertThat(started.arguments()).containsSubsequence("-Xlog:disable", "-Xmx1g", "-XX:+UseParallelGC", "-XX:TieredStopAtLevel=4", "-Dname=*", "-jar");
        }
    }

    @Test
    void withoutAJavaThatIsNewEnoughItSaysWhatToDo() throws IOException {
        installation.java("11.0.2");
        refuses("is Java 11.0.2", "Java 17 or newer");
        installation.java("1.8.0_392");
        refuses("is Java 1.8.0_392");
        installation.with("JAVA_HOME", folder.resolve("nowhere").toString());
        refuses("JAVA_HOME", "nowhere", "Java 17 or newer");
        installation.with("JAVA_HOME", null).with("PATH", folder.toString());
        refuses("there is no java", "JAVA_HOME", "PATH");
        Files.delete(installation.jar());
        refuses("no prompt-routes.jar", "unpack");
    }

    private void refuses(String... words) {
        Started started = installation.run("ask", "Hi");
        assertThat(started.exit()).isEqualTo(2);
        assertThat(started.arguments()).isEmpty();
        assertThat(started.err()).startsWith("prompt-routes: ").contains(words);
    }

    @Test
    void aJavaWithoutAFileReleaseIsAsked() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("other/bin"));
        Files.writeString(bin.resolve("java"), "#!/bin/sh\n[ \"$1\" = -version ] && echo 'Picked up JAVA_TOOL_OPTIONS: -Da=b\nopenjdk version \"25-ea\" 2026-01-01' >&2 || echo 1\n");
        assertThat(bin.resolve("java").toFile().setExecutable(true)).isTrue();
        assertThat(installation.with("JAVA_HOME", null).with("PATH", bin + ":/usr/bin:/bin").run("ask", "Hi").exit()).isZero();
    }

    @Test
    void shellcheckHasNothingToSay() throws IOException, InterruptedException {
        boolean there = Stream.of(System.getenv("PATH").split(":")).anyMatch(one -> Files.isExecutable(Path.of(one, "shellcheck")));
        assumeTrue(there, "shellcheck is not on the PATH, so it did not look at bin/prompt-routes and src/test/release/two-builds.sh");
        Process process = new ProcessBuilder("shellcheck", "bin/prompt-routes", "src/test/release/two-builds.sh").redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(process.waitFor()).isZero();
    }
}
