package io.promptroutes.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All that the two databases do not have in common. Statements are written for PostgreSQL, with {@code usd_sum(x)} for a sum of amounts.
 * Thread-safe.
 */
enum SqlDialect {

    SQLITE(Map.of("time", "INTEGER", "usd", "TEXT", "bytes", "BLOB", "id", "TEXT", "by.key", " WITHOUT ROWID")) {

        private final Map<String, String> statements = new ConcurrentHashMap<>();

        @Override
        String sql(String statement) {
            return statements.computeIfAbsent(statement, sql -> sql.replace("= ANY(?)", "IN (SELECT value FROM json_each(?))")
                    .replace(" FOR UPDATE", "").replace("usd_sum(", DecimalSum.NAME + "("));
        }

        /** Amounts as text, ids as text, times in microseconds, several values as a JSON array. */
        @Override
        Object value(Connection connection, Object value) throws SQLException {
            if (value instanceof BigDecimal amount) {
                return amount.toPlainString();
            }
            if (value instanceof Instant time) {
                return ChronoUnit.MICROS.between(Instant.EPOCH, time);
            }
            if (value instanceof UUID id) {
                return id.toString();
            }
            return value instanceof Collection<?> many ? json(many) : common(value);
        }

        private static String json(Collection<?> values) {
            try {
                return Json.MAPPER.writeValueAsString(values.stream().map(SqlDialect::common).map(Object::toString).toList());
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Its lock is taken at once: a transaction that reads first, and writes when another has written, fails whatever it waits. */
        @Override
        Instant begin(Connection connection, boolean alone) throws SQLException {
            execute(connection, "BEGIN IMMEDIATE");
            return Instant.now().truncatedTo(ChronoUnit.MICROS); // of the machine that all its processes are on
        }

        @Override
        void snapshot(Connection connection) throws SQLException {
            execute(connection, "BEGIN");
        }

        @Override
        void commit(Connection connection) throws SQLException {
            execute(connection, "COMMIT");
        }

        @Override
        void rollback(Connection connection) throws SQLException {
            execute(connection, "ROLLBACK");
        }

        @Override
        boolean busy(SQLException e) {
            return Set.of(5, 6).contains(root(e).getErrorCode());
        }

        @Override
        boolean ofTheData(SQLException e) {
            return Set.of(18, 19, 20, 25).contains(root(e).getErrorCode());
        }

        @Override
        String reason(SQLException e) {
            SQLException root = root(e);
            return switch (root.getErrorCode()) {
                case 5, 6 -> "another process holds its lock";
                case 3, 8, 14, 23 -> "this user may not open or write its file";
                case 10 -> "it cannot write or read its files, the disk may be full";
                case 13 -> "the disk is full";
                case 18, 19, 20, 25 -> "a value is too large, missing or there already";
                case 11, 26 -> "its file is damaged, or no database";
                default -> root.getClass().getSimpleName();
            } + " (SQLite error " + root.getErrorCode() + ")";
        }
    },

    POSTGRESQL(Map.of("time", "TIMESTAMP WITH TIME ZONE", "usd", "NUMERIC(38, 18)", "bytes", "BYTEA", "id", "UUID", "by.key", "")) {

        @Override
        String sql(String statement) {
            return statement.replace("usd_sum(", "SUM(");
        }

        @Override
        Object value(Connection connection, Object value) throws SQLException {
            if (value instanceof Collection<?> many) {
                boolean ids = !many.isEmpty() && many.stream().allMatch(UUID.class::isInstance);
                return connection.createArrayOf(ids ? "UUID" : "VARCHAR", many.stream().map(SqlDialect::common).toArray());
            }
            return value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : common(value);
        }

        /** The lock is an advisory one that all groups share, and that whoever begins to track spending has alone. */
        @Override
        Instant begin(Connection connection, boolean alone) throws SQLException {
            return new SqlSession(this, connection, false).list("SELECT CURRENT_TIMESTAMP AS now_at, pg_advisory_xact_lock" + (alone ? "" : "_shared")
                    + "(5207202)", row -> SqlSession.instant(row, "now_at")).get(0);
        }

        @Override
        void snapshot(Connection connection) throws SQLException {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ); // the pool sets it back
        }

        @Override
        void commit(Connection connection) throws SQLException {
            connection.commit();
        }

        @Override
        void rollback(Connection connection) throws SQLException {
            connection.rollback();
        }

        /** A deadlock, a serialization failure, a row that another process wrote first. */
        @Override
        boolean busy(SQLException e) {
            return Set.of("40001", "40P01").contains(state(e));
        }

        @Override
        boolean ofTheData(SQLException e) {
            return Set.of("22", "23", "54").contains(kind(e));
        }

        @Override
        String reason(SQLException e) {
            SQLException root = root(e);
            return switch (kind(e)) {
                case "08" -> "no connection";
                case "28" -> "user or password refused";
                case "3D" -> "no such database";
                case "53" -> "out of disk space, memory or connections";
                case "57" -> "shut down, or the statement was cancelled";
                default -> root instanceof SQLTransientConnectionException ? "no connection" : root.getClass().getSimpleName();
            } + " (SQLState " + state(e) + ")";
        }
    };

    private final Map<String, String> words;

    SqlDialect(Map<String, String> words) {
        this.words = words;
    }

    /** The words of the schema. */
    Map<String, String> words() {
        return words;
    }

    /** The statement as this database takes it. */
    abstract String sql(String statement);

    /** The value as this database's driver takes it. */
    abstract Object value(Connection connection, Object value) throws SQLException;

    /** Begins to write. @param alone with no other process writing. Returns the database's time */
    abstract Instant begin(Connection connection, boolean alone) throws SQLException;

    /** What is read from now on is of one moment. */
    abstract void snapshot(Connection connection) throws SQLException;

    abstract void commit(Connection connection) throws SQLException;

    abstract void rollback(Connection connection) throws SQLException;

    /** Another process was in the way: the same again may work. */
    abstract boolean busy(SQLException e);

    /** What the operation holds is at fault, not the database. */
    abstract boolean ofTheData(SQLException e);

    /** Worded without what the exception's message may quote. */
    abstract String reason(SQLException e);

    private static Object common(Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
        return value instanceof String text ? storable(text) : value;
    }

    /** As both databases can keep it: PostgreSQL takes no U+0000, and no half of a surrogate pair is UTF-8. */
    static String storable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || Character.isSurrogate(text.charAt(i))) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\0', '\uFFFD');
            }
        }
        return text;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String kind(SQLException e) {
        return state(e).substring(0, Math.min(2, state(e).length()));
    }

    private static String state(SQLException e) {
        String state = root(e).getSQLState();
        return state == null ? "" : state;
    }

    /** A batch's own exception quotes the whole row; what the server said comes after it. A pool's has the cause. */
    private static SQLException root(SQLException e) {
        if (e instanceof BatchUpdateException && e.getNextException() != null) {
            return e.getNextException();
        }
        return e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException cause ? cause : e;
    }
}
