package io.promptroutes.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import io.promptroutes.prompt.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.apache.commons.io.IOUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.commons.lang3.function.FailableFunction;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The ledger's database: its connections, its schema, and what durable takes. Thread-safe. */
record Database(boolean embedded, FileOwner owner, HikariDataSource pool) implements AutoCloseable {

    /** In milliseconds: how long a connection is waited for before the database counts as down. */
    private static final long CONNECT_WITHIN = 5_000;
    /** In milliseconds. H2 goes round in circles where its disk is full. */
    private static final long CLOSE_WITHIN = 20_000;
    /** The writer's, two for whoever looks at figures, the others for routes and health. */
    private static final int CONNECTIONS = 6;

    private static final String[] H2 = {
        ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
        // closed by SHUTDOWN and nothing else: not when the pool is idle, and not by a shutdown hook beside ours
        ";DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE",
        // it would listen on all interfaces
        ";AUTO_SERVER=FALSE",
        // its own log of errors quotes values
        ";TRACE_LEVEL_FILE=0",
        // every statement of ours stays parsed
        ";QUERY_CACHE_SIZE=64",
        // most results fit in their row, at a third of the cost; pages that nothing refers to are used again after 5 s instead of 45:
        // each commit is synced, so that no older state is needed
        ";INIT=SET MAX_LENGTH_INPLACE_LOB 8192\\;SET RETENTION_TIME 5000"};

    static Database open(LedgerSettings settings) {
        boolean embedded = settings.directory() != null;
        FileOwner owner = embedded ? FileOwner.of(settings.directory()) : null;
        HikariDataSource pool = null;
        Path file = embedded ? settings.directory().resolve("ledger.mv.db") : null;
        try {
            checkBeginning(file);
            pool = new HikariDataSource(config(settings));
            OwnerOnly.close(file);
            // all that differs: the type for bytes of any length, and an index
            Flyway.configure().dataSource(pool).locations("classpath:db/migration").placeholders(
                    Map.of("bytes", embedded ? "BINARY LARGE OBJECT" : "BYTEA", "only.embedded", embedded ? "" : "--")).load().migrate();
            return new Database(embedded, owner, pool);
        } catch (HikariPool.PoolInitializationException | FlywayException | IOException | LedgerUnavailable e) {
            IOUtils.closeQuietly(pool, owner);
            throw e instanceof LedgerUnavailable refused ? refused : refusal(settings, e);
        }
    }

    /** H2 takes an empty file for a new one: what was paid would be forgotten, and budgets begin again. */
    private static void checkBeginning(Path file) throws IOException {
        if (file != null && Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                if (!new String(in.readNBytes(2), StandardCharsets.US_ASCII).equals("H:")) {
                    throw new LedgerUnavailable("the ledger's file " + file + " is empty or no database. Put a copy of the ledger in its place; or remove it, "
                            + "where all that was called may be paid again and budgets may begin at 0");
                }
            }
        }
    }

    private static RuntimeException refusal(LedgerSettings settings, Exception e) {
        SQLException sql = ExceptionUtils.throwableOfType(e, SQLException.class);
        if (sql != null) {
            return sql.getErrorCode() == 90020
                    ? new LedgerLocked(settings + " is open in another program")
                    : new LedgerUnavailable("cannot open the " + settings + ": " + Reason.of(sql));
        }
        return new LedgerUnavailable("cannot open the " + settings + ": its tables are not those of this version (" + e.getClass().getSimpleName() + ")");
    }

    private static HikariConfig config(LedgerSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("ledger");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_WITHIN);
        config.setAutoCommit(false);
        if (settings.directory() != null) {
            config.setJdbcUrl("jdbc:h2:file:" + settings.directory().toAbsolutePath().resolve("ledger") + String.join("", H2));
            config.setUsername("sa");
            config.setPassword("");
            return config;
        }
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password() == null ? null : settings.password().get());
        // in seconds: a server that went away without a word must not hold the writer for ever
        Map.of("connectTimeout", "5", "socketTimeout", "30", "tcpKeepAlive", "true", "ApplicationName", "prompt-routes",
                // else its exceptions quote what is written, and the pool logs them
                "logServerErrorDetail", "false").forEach(config::addDataSourceProperty);
        return config;
    }

    /** In a transaction of its own. */
    <T> T read(FailableFunction<SqlSession, T, SQLException> reading) {
        try (Connection connection = connect()) {
            return reading.apply(new SqlSession(connection)); // the pool rolls back what is not committed
        } catch (SQLException e) {
            throw new LedgerUnavailable("the ledger cannot be read: " + Reason.of(e));
        }
    }

    Connection connect() throws SQLException {
        return pool.getConnection();
    }

    /** After a failure: a new connection next time, whatever this one says of itself. */
    void discard(Connection connection) {
        pool.evictConnection(connection);
    }

    /** After a commit: H2 alone loses committed rows on kill -9, CHECKPOINT SYNC is what brings them to the disk. */
    void sync(Connection connection) throws SQLException {
        if (embedded) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CHECKPOINT SYNC");
            }
        }
    }

    /** Everything acknowledged is on the disk already: a store that cannot be closed, as on a full disk, is left as it is. */
    @Override
    public void close() {
        Thread closing = new Thread(this::shutDown, "ledger-close");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(CLOSE_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        IOUtils.closeQuietly(owner);
    }

    private void shutDown() {
        if (embedded) {
            try (Connection connection = connect(); Statement statement = connection.createStatement()) {
                statement.execute("SHUTDOWN");
            } catch (SQLException e) {
                // as above
            }
        }
        pool.close();
    }
}
