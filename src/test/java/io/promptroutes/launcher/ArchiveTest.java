package io.promptroutes.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.launcher.Installation.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that bin/prompt-routes makes behind the first start. */
@Timeout(120)
class ArchiveTest {

    @TempDir
    private Path folder;
    private Installation installation;

    @BeforeEach
    void unpack() throws IOException {
        installation = new Installation(folder.resolve("distribution"));
    }

    @Test
    void theFirstStartMakesItAndTheNextOnesUseIt() throws IOException {
        Started first = installation.run("ask", "Hi");
        assertThat(first.archive()).isNull();
        assertThat(first.err()).isEmpty();
        String made = made();
        Started second = installation.run("run");
        assertThat(second.archive()).isEqualTo("-XX:SharedArchiveFile=" + installation.cache().resolve(made));
        assertThat(second.arguments()).anyMatch(word -> word.startsWith("-Xlog:") && word.contains("cds*=off")).doesNotContain("-XX:+UseSerialGC");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(installation.cache()))).isEqualTo("rwx------");
    }

    @Test
    void itIsMadeAnewWhereTheJarOrTheJavaChanges() throws IOException {
        installation.run("costs");
        String first = made();
        Files.writeString(installation.jar(), "another");
        assertThat(installation.run("costs").archive()).as("of the old jar").isNull();
        String second = madeAfter(first);
        Files.writeString(installation.jar().resolveSibling("lib").resolve("more.jar"), "");
        assertThat(installation.run("costs").archive()).as("of the old lib").isNull();
        String third = madeAfter(second);
        installation.java("25.0.3");
        assertThat(installation.run("costs").archive()).as("of the old java").isNull();
        assertThat(madeAfter(third)).endsWith(".aot");
        assertThat(installation.run("costs").archive()).startsWith("-XX:AOTCache=");
    }

    @Test
    void aLinkToTheJarMakesItNoOther() throws IOException {
        installation.run("costs");
        made();
        Files.createLink(folder.resolve("link.jar"), installation.jar());
        assertThat(installation.run("costs").archive()).isNotNull();
    }

    @Test
    void twoStartsAtOnceMakeOne() throws IOException {
        IntStream.range(0, 4).mapToObj(each -> installation.start("ask", "Hi")).toList().forEach(process -> assertThat(Started.of(process).exit()).isZero());
        made();
    }

    @Test
    void whatAKilledOneLeftIsRemovedADayLater() throws IOException {
        installation.run("ask", "Hi");
        String made = made();
        Path left = Files.createDirectories(installation.cache().resolve("making-something"));
        Files.writeString(left.resolve("made"), "half");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        installation.run("ask", "Hi");
        await().until(() -> !Files.exists(left));
        assertThat(made()).isEqualTo(made);
    }

    @Test
    void whatRunsLongMakesNoneAndNoneIsMadeWhereItIsOff() throws IOException {
        installation.run("run");
        installation.with("PROMPT_ROUTES_CACHE", "off").run("ask", "Hi");
        installation.with("PROMPT_ROUTES_CACHE", null).with("XDG_CACHE_HOME", "relative").run("ask", "Hi"); // and no HOME
        assertThat(installation.cached()).isEmpty();
        installation.with("HOME", folder.resolve("home").toString()).run("ask", "Hi");
        await().until(() -> Files.isDirectory(folder.resolve("home/.cache/prompt-routes")));
        await().until(() -> installation.run("run").archive() != null);
    }

    @Test
    void itIsLeftOutWhereTheFolderCannotBeMade() {
        for (int start = 0; start < 2; start++) {
            Started started = installation.with("PROMPT_ROUTES_CACHE", "/dev/null/cache").run("ask", "Hi");
            assertThat(started.exit()).isZero();
            assertThat(started.err()).isEmpty();
            assertThat(started.archive()).isNull();
        }
    }

    @Test
    void ofAPathWithBlanksThereIsOneFrom25On() throws IOException {
        installation = new Installation(folder.resolve("a distribution"));
        installation.run("ask", "Hi");
        assertThat(installation.cached()).isEmpty();
        installation.java("25.0.3");
        installation.run("ask", "Hi");
        assertThat(made()).endsWith(".aot");
    }

    private String made() {
        return madeAfter("");
    }

    /** The only file of the folder, when it is there. */
    private String madeAfter(String before) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(installation.cached()).singleElement().asString().isNotEqualTo(before).doesNotStartWith("making"));
        try {
            return installation.cached().get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
