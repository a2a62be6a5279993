package io.promptroutes.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Where the ledger is and how it behaves.
 *
 * @param directory where the embedded database lives; null for PostgreSQL
 * @param url       PostgreSQL's JDBC URL; null for the embedded one
 * @param user      null where the URL has it
 * @param password  asked for once, when the ledger opens; null where the URL has it
 * @param instance  a name that this process has after a restart too, and no other while it runs: its earlier run is then known to be
 *                  dead at once instead of after the lease. Null for a new one
 * @param lease     how long a process that says nothing counts as alive
 * @param storeText whether results and dead letters are kept, to be published again
 * @param clock     tells the day and month of a budget; null for the database's
 */
public record LedgerSettings(
        Path directory, String url, String user, Supplier<String> password, String instance, Duration lease, boolean storeText, Clock clock) {

    public LedgerSettings {
        Objects.requireNonNull(lease);
        if ((directory == null) == (url == null)) {
            throw new IllegalArgumentException("the ledger needs either a directory or a URL");
        }
        if (url != null && !url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("key ledger.url must begin with jdbc:postgresql:, or be empty for the embedded database");
        }
        if (lease.toMillis() < 1) {
            throw new IllegalArgumentException("the ledger's lease must be at least a millisecond");
        }
    }

    /** The day of a budget. @param now by the database */
    String day(Instant now) {
        return LocalDate.ofInstant(clock == null ? now : clock.instant(), ZoneOffset.UTC).toString();
    }

    /** Without the URL, which can hold a password. */
    @Override
    public String toString() {
        return directory != null ? "ledger in " + directory : "ledger in PostgreSQL";
    }
}
