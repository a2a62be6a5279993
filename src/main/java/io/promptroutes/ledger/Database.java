package io.promptroutes.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.apache.commons.io.IOUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.commons.lang3.function.FailableFunction;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConnection;

/**
 * The ledger's database: its connections and its schema. Thread-safe.
 *
 * @param file null for PostgreSQL
 */
record Database(SqlDialect dialect, SqliteFile file, HikariDataSource pool) implements AutoCloseable {

    /** In milliseconds: how long a connection is waited for before the database counts as down. */
    private static final long CONNECT_WITHIN = 5_000;
    /** Pages of 4 KiB that SQLite's log grows to before they are put into the file. */
    private static final int CHECKPOINT = 4_000;
    /** The writer's, two for whoever looks at figures, the others for routes and health. */
    private static final int CONNECTIONS = 6;

    static Database open(LedgerSettings settings) {
        SqliteFile file = settings.directory() == null ? null : new SqliteFile(settings.directory());
        SqlDialect dialect = file == null ? SqlDialect.POSTGRESQL : SqlDialect.SQLITE;
        HikariDataSource pool = null;
        try {
            HikariConfig config = config(settings);
            if (file != null) {
                config.setDataSource(file.open(source -> Schema.bringUpToDate(source, dialect)));
            }
            pool = new HikariDataSource(config);
            if (file == null) {
                Schema.bringUpToDate(pool, dialect);
            }
            return new Database(dialect, file, pool);
        } catch (HikariPool.PoolInitializationException | FlywayException | SQLException | IOException e) {
            IOUtils.closeQuietly(pool);
            if (file != null) {
                file.closed();
            }
            throw refusal(settings, dialect, e);
        }
    }

    private static LedgerUnavailable refusal(LedgerSettings settings, SqlDialect dialect, Exception e) {
        SQLException sql = ExceptionUtils.throwableOfType(e, SQLException.class);
        if (ExceptionUtils.indexOfType(e, NativeLibraryNotFoundException.class) >= 0) {
            return new LedgerUnavailable("SQLite's library cannot be unpacked and loaded: the folder " + System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"))
                    + " must be there, let this user write, and allow running programs. Name another one with -Dorg.sqlite.tmpdir=FOLDER");
        }
        return new LedgerUnavailable("cannot open the " + settings + ": " + (sql != null ? dialect.reason(sql)
                : e instanceof IOException ? e + ": let this user write there, or name another folder with key ledger.directory"
                : "its tables are not those of this version (" + e.getClass().getSimpleName() + ")"));
    }

    private static HikariConfig config(LedgerSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("ledger");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_WITHIN);
        config.setAutoCommit(settings.directory() != null); // SQLite's begin in SqlDialect; its driver would hold the lock between two transactions
        if (settings.directory() == null) {
            config.setJdbcUrl(settings.url());
            config.setUsername(settings.user());
            config.setPassword(settings.password() == null ? null : settings.password().get());
            // in seconds: a server that went away without a word must not hold the writer for ever
            Map.of("connectTimeout", "5", "socketTimeout", "30", "tcpKeepAlive", "true", "ApplicationName", "prompt-routes",
                    // else its exceptions quote what is written, and the pool logs them
                    "logServerErrorDetail", "false").forEach(config::addDataSourceProperty);
        }
        return config;
    }

    <T> T read(FailableFunction<SqlSession, T, SQLException> reading) {
        try (SqlSession session = new SqlSession(dialect, pool.getConnection(), false)) {
            return reading.apply(session);
        } catch (SQLException e) {
            throw new LedgerUnavailable("the ledger cannot be read: " + dialect.reason(e));
        }
    }

    /**
     * For the one thread that writes. On SQLite it serves for ever: its statements stay parsed, and it never waits for another process's
     * lock, which the writer does. A server's connection is asked before each use whether it works.
     */
    SqlSession writing() throws SQLException {
        Connection connection = pool.getConnection();
        if (lasting()) {
            connection.unwrap(SQLiteConnection.class).setBusyTimeout(0);
        }
        SqlSession session = new SqlSession(dialect, connection, lasting());
        if (lasting()) {
            session.list("PRAGMA wal_autocheckpoint = " + CHECKPOINT, row -> null);
        }
        return session;
    }

    /** @throws LedgerUnavailable where what is written now would be lost */
    void look() {
        if (file != null) {
            file.look();
        }
    }

    boolean lasting() {
        return dialect == SqlDialect.SQLITE;
    }

    /** After a failure: a new connection next time, whatever this one says of itself. */
    void discard(SqlSession session) {
        pool.evictConnection(session.connection());
    }

    /** Everything acknowledged is on the disk already. */
    @Override
    public void close() {
        pool.close();
        if (file != null) {
            file.closed();
        }
    }
}
