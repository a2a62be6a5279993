package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.answer;
import static io.promptroutes.ledger.Prompts.call;
import static io.promptroutes.ledger.Prompts.claimed;
import static io.promptroutes.ledger.Prompts.kind;
import static io.promptroutes.ledger.Prompts.paid;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqliteLedgerTest extends LedgerContract {

    @TempDir
    private Path directory;

    @Override
    LedgerSettings settings() {
        return TestLedgers.made(directory.resolve("data"));
    }

    @Override
    LedgerSettings other() {
        return settings();
    }

    @Override
    LedgerSettings fresh() {
        return TestLedgers.made(directory.resolve("fresh"));
    }

    @Test
    void itsFilesAreItsOwnersAlone() throws IOException {
        Path folder = directory.resolve("own");
        try (Ledger own = Ledger.open(TestLedgers.embedded(folder))) {
            own.begin(work("p")).join();
            try (Stream<Path> files = Files.walk(folder)) {
                assertThat(files.filter(Files::isRegularFile).toList()).extracting(file -> file.getFileName().toString()).contains("ledger.db", "ledger.db-wal", "ledger.db-shm");
            }
            try (Stream<Path> files = Files.walk(folder)) {
                assertThat(files.toList()).allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).as("%s", file)
                        .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
            }
        }
    }

    @Test
    void aLedgerOfAnEarlierVersionIsRefusedWithASentence() throws IOException {
        Path old = Files.createDirectories(directory.resolve("old"));
        Files.writeString(old.resolve("ledger.mv.db"), "H:2,block:1,blockSize:1000,chunk:1");
        assertThatThrownBy(() -> Ledger.open(TestLedgers.embedded(old))).isInstanceOf(LedgerUnavailable.class)
                .hasMessageContaining("earlier version").hasMessageContaining("ledger.mv.db");
        assertThat(old.resolve("ledger.db")).doesNotExist();
    }

    @Test
    void aFileThatIsGoneWhileItsLogIsThereIsNotBegunAnew() throws IOException {
        Path lost = Files.createDirectories(directory.resolve("lost"));
        Files.writeString(lost.resolve("ledger.db-wal"), "frames");
        assertThatThrownBy(() -> Ledger.open(TestLedgers.embedded(lost))).isInstanceOf(LedgerUnavailable.class).hasMessageContaining("is gone");
    }

    @Test
    void whatAProcessLeftOfMakingAFileIsMadeAnew() throws IOException {
        Path half = Files.createDirectories(directory.resolve("half"));
        Files.writeString(half.resolve("ledger.db.new"), "");
        Files.writeString(half.resolve("ledger.db.new-wal"), "frames");
        try (Ledger made = Ledger.open(TestLedgers.embedded(half))) {
            assertThat(made.begin(work("p")).join()).isInstanceOf(KnownWork.New.class);
        }
        assertThat(half).isDirectoryNotContaining(file -> file.getFileName().toString().contains(".new"));
    }

    /** The driver reads a URL, and SQLite a file name. */
    @ParameterizedTest
    @ValueSource(strings = {"a folder", "what?synchronous=off", "100%25", "#1", "ledgér 東京", "a;b=c", "file:data", ":memory:"})
    void itsFolderMayHaveAnyName(String name) throws IOException {
        assumeTrue(Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode(name), "a name that Java can have in this locale");
        Path folder = Files.createDirectories(directory.resolve("names").resolve(name));
        for (String known : new String[] {"New", "Answered"}) {
            try (Ledger named = Ledger.open(TestLedgers.embedded(folder))) {
                assertThat(kind(named.begin(work("p")).join())).isEqualTo(known);
                named.finish(work("p"), answer("0")).join();
            }
        }
        assertThat(folder).isDirectoryContaining(file -> file.getFileName().toString().equals("ledger.db"));
        try (Stream<Path> beside = Files.list(folder.getParent())) {
            assertThat(beside).containsExactly(folder);
        }
    }

    /** Whatever cleans folders takes an old empty file. */
    @Test
    void aProcessWhoseLockFileWasTakenAwayMakesItAnew() throws IOException {
        ledger.close();
        ledger = TestLedgers.openTracking(TestLedgers.withLease(settings(), Duration.ofMillis(100)));
        try (Ledger second = TestLedgers.openTracking(other())) {
            UUID claim = claimed(ledger, call(work("p"), "0.10"));
            Path lock = directory.resolve("data/instances").resolve(ledger.instance() + ".lock");
            Files.delete(lock);
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(lock));
            assertThat(second.begin(work("p")).join()).isEqualTo(new KnownWork.Busy(ledger.instance()));
            assertThat(ledger.settle(claim, paid("0.01")).join().applied()).isTrue();
        }
    }

    @Test
    void whenItsFileIsReplacedNothingMoreIsWrittenUntilItIsBack() throws IOException {
        Path file = directory.resolve("data/ledger.db");
        Path away = directory.resolve("away.db");
        Files.move(file, away);
        assertThatThrownBy(() -> ledger.begin(work("p")).join()).hasCauseInstanceOf(LedgerUnavailable.class).hasMessageContaining("removed or replaced");
        Files.copy(away, file);
        assertThatThrownBy(() -> ledger.claim(call(work("p"), "0.10")).join()).hasCauseInstanceOf(LedgerUnavailable.class).hasMessageContaining("removed or replaced");
        Files.move(away, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(claimed(ledger, call(work("p"), "0.10"))).isNotNull();
    }

    @Test
    void aWorkThatIsGivenBackWhileTheFileIsAwayIsGivenBackWhenItIsBack() throws IOException {
        try (Ledger second = TestLedgers.openTracking(other())) {
            ledger.settle(claimed(ledger, call(work("p"), "0.10")), Settlement.notBilled(5, null)).join();
            assertThat(kind(second.begin(work("p")).join())).isEqualTo("Busy");
            Path file = directory.resolve("data/ledger.db");
            Path away = directory.resolve("away.db");
            Files.move(file, away);
            assertThatThrownBy(() -> ledger.release(work("p").id()).join()).hasCauseInstanceOf(LedgerUnavailable.class);
            Files.move(away, file);
            await().atMost(Duration.ofSeconds(20)).until(() -> ledger.begin(work("q")).handle((known, e) -> e == null).join());
            assertThat(kind(second.begin(work("p")).join())).isEqualTo("New");
        }
    }

    @Test
    void aClosedLedgerSaysSo() {
        ledger.close();
        assertThatThrownBy(() -> ledger.begin(work("p")).join()).hasCauseInstanceOf(LedgerUnavailable.class).hasMessageContaining("closed");
        ledger = Ledger.open(settings());
    }

    /** SQLite would make a new one of an empty file: what was paid would be forgotten, and every budget would begin again. */
    @ParameterizedTest
    @ValueSource(strings = {"", "S", "no database", "\u0000\u0000\u0000\u0000", "SQLite format 3\u0000 and then nothing that it knows"})
    void aFileThatIsNoDatabaseIsRefusedAndLeftAsItIs(String content) throws IOException {
        Path file = Files.createDirectories(directory.resolve("other")).resolve("ledger.db");
        Files.writeString(file, content);
        assertThatThrownBy(() -> Ledger.open(TestLedgers.embedded(file.getParent()))).isInstanceOf(LedgerUnavailable.class)
                .hasMessageContaining(file.getParent().toString());
        assertThat(file).hasContent(content);
    }
}
