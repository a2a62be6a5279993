package io.promptroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.prompt.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.apache.commons.io.FileUtils;
import org.apache.commons.lang3.function.Failable;

/** Settings of ledgers for tests. */
public final class TestLedgers {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final String FILE = "ledger.db";

    private TestLedgers() {
    }

    public static LedgerSettings embedded(Path directory) {
        return new LedgerSettings(directory, null, null, null, null, LEASE, true, null);
    }

    /** The same, with the file there: nothing is in it but the tables, which cost more than most tests to make. What is there already stays. */
    public static LedgerSettings made(Path directory) {
        try {
            Path file = OwnerOnly.folder(directory).resolve(FILE);
            if (!Files.exists(file)) {
                Files.write(OwnerOnly.file(file), Tables.BYTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return embedded(directory);
    }

    private static final class Tables {

        private static final byte[] BYTES = Failable.get(() -> {
            Path folder = Files.createTempDirectory("tables");
            SqliteFile file = new SqliteFile(folder);
            file.open(source -> Schema.bringUpToDate(source, SqlDialect.SQLITE));
            file.closed();
            byte[] bytes = Files.readAllBytes(folder.resolve(FILE));
            assertThat(folder.resolve(FILE + "-wal")).doesNotExist();
            FileUtils.deleteDirectory(folder.toFile());
            return bytes;
        });
    }

    public static LedgerSettings postgres(String url, String user, Supplier<String> password) {
        return postgres(url, user, password, null);
    }

    /** @param instance a name that it has after a restart, too */
    static LedgerSettings postgres(String url, String user, Supplier<String> password, String instance) {
        return new LedgerSettings(null, url, user, password, instance, LEASE, true, null);
    }

    static LedgerSettings withLease(LedgerSettings of, Duration lease) {
        return new LedgerSettings(of.directory(), of.url(), of.user(), of.password(), of.instance(), lease, of.storeText(), of.clock());
    }

    static LedgerSettings withoutText(LedgerSettings of) {
        return new LedgerSettings(of.directory(), of.url(), of.user(), of.password(), of.instance(), of.lease(), false, of.clock());
    }

    public static LedgerSettings withClock(LedgerSettings of, Clock clock) {
        return new LedgerSettings(of.directory(), of.url(), of.user(), of.password(), of.instance(), of.lease(), of.storeText(), clock);
    }

    /** With spending kept for every scope and period, though nothing has a limit. */
    public static Ledger openTracking(LedgerSettings settings) {
        return tracking(Ledger.open(settings));
    }

    static Ledger tracking(Ledger ledger) {
        ledger.limits(Arrays.stream(Scope.values()).flatMap(scope -> Arrays.stream(Period.values())
                .map(period -> new Limit(scope, Limit.ANY, Limit.ANY, period, BigDecimal.TEN.pow(9)))).toList());
        ledger.limits(List.of());
        return ledger;
    }

    /** Of any budget, now that nothing runs. */
    public static void assertNothingReserved(LedgerSettings settings) {
        try (Ledger ledger = Ledger.open(settings)) {
            assertThat(ledger.history().budgets()).isNotEmpty().allSatisfy(budget -> assertThat(budget.reservedUsd()).as("%s", budget).isZero());
        }
    }

    public static Figures.Row total(Ledger ledger) {
        return total(ledger, LocalDate.EPOCH);
    }

    /** All that was called, in one row. */
    public static Figures.Row total(Ledger ledger, LocalDate since) {
        return ledger.figures().by(Figures.By.TOTAL, since).stream().findFirst().orElse(Figures.nothing("total"));
    }
}
