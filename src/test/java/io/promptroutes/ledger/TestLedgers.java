package io.promptroutes.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** Settings of ledgers for tests. */
public final class TestLedgers {

    private static final Duration LEASE = Duration.ofSeconds(30);

    private TestLedgers() {
    }

    public static LedgerSettings embedded(Path directory) {
        return new LedgerSettings(directory, null, null, null, null, LEASE, true, null);
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

    static LedgerSettings withClock(LedgerSettings of, Clock clock) {
        return new LedgerSettings(of.directory(), of.url(), of.user(), of.password(), of.instance(), of.lease(), of.storeText(), clock);
    }

    /** All that was called, in one row. */
    public static Figures.Row total(Ledger ledger, Instant since) {
        return ledger.figures().by(Figures.By.TOTAL, since).stream().findFirst().orElse(Figures.nothing("total"));
    }
}
