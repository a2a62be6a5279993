package io.promptroutes.ledger;

import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.lang3.function.FailableFunction;

/** SQL on one connection with values of Java's types, the same for both databases. Used by one thread at a time. */
final class SqlSession implements AutoCloseable {

    private final SqlDialect dialect;
    private final Connection connection;
    /** Statements that stay parsed; null where each is used once. */
    private final Map<String, PreparedStatement> kept;
    private boolean open;

    /** @param lasting whether statements are kept for the next time */
    SqlSession(SqlDialect dialect, Connection connection, boolean lasting) {
        this.dialect = dialect;
        this.connection = connection;
        this.kept = lasting ? new HashMap<>() : null;
    }

    Connection connection() {
        return connection;
    }

    /** Begins a transaction that writes. @param alone with no other process writing. Returns the database's time */
    Instant begin(boolean alone) throws SQLException {
        Instant now = dialect.begin(connection, alone);
        open = true;
        return now;
    }

    /** What is read from now on is of one moment; to be called first. */
    void snapshot() throws SQLException {
        dialect.snapshot(connection);
        open = true;
    }

    /** Within a transaction: equal to an earlier one of the same session if no other connection has written since; null where that cannot be told. */
    Object version() throws SQLException {
        return dialect == SqlDialect.SQLITE ? list("PRAGMA data_version", row -> Map.entry(this, row.getLong(1))).get(0) : null;
    }

    void commit() throws SQLException {
        dialect.commit(connection);
        open = false;
    }

    void rollback() throws SQLException {
        if (open) {
            open = false;
            dialect.rollback(connection);
        }
    }

    /** Undoes what was not committed, and gives the connection back. */
    @Override
    public void close() throws SQLException {
        try (connection) {
            rollback();
        }
    }

    <T> List<T> list(String sql, FailableFunction<ResultSet, T, SQLException> reader, Object... values) throws SQLException {
        return with(sql, statement -> {
            set(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(reader.apply(rows));
                }
                return read;
            }
        });
    }

    /** Rows by their key; {@code sql} takes the keys as its only value, an array. */
    <K, T> Map<K, T> byKey(String sql, FailableFunction<ResultSet, T, SQLException> reader, Function<T, K> key, Collection<K> keys) throws SQLException {
        return keys.isEmpty() ? Map.of() : list(sql, reader, keys).stream().collect(Collectors.toMap(key, row -> row));
    }

    int update(String sql, Object... values) throws SQLException {
        return with(sql, statement -> {
            set(statement, values);
            return statement.executeUpdate();
        });
    }

    /** The same statement for many rows, in one trip. Returns how many rows changed. */
    int batch(String sql, List<Object[]> rows) throws SQLException {
        return rows.isEmpty() ? 0 : with(sql, statement -> {
            for (Object[] row : rows) {
                set(statement, row);
                statement.addBatch();
            }
            int changed = 0;
            for (int count : statement.executeBatch()) {
                changed += count;
            }
            return changed;
        });
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        Object time = row.getObject(column);
        return time instanceof Number micros ? Instant.EPOCH.plus(micros.longValue(), ChronoUnit.MICROS) : time == null ? null : ((Timestamp) time).toInstant();
    }

    static UUID id(ResultSet row, String column) throws SQLException {
        return UUID.fromString(row.getString(column));
    }

    static BigDecimal usd(ResultSet row, String column) throws SQLException {
        BigDecimal value = row.getBigDecimal(column);
        return value == null ? null : Usd.of(value);
    }

    static Long number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    private <T> T with(String sql, FailableFunction<PreparedStatement, T, SQLException> work) throws SQLException {
        if (kept == null) {
            try (PreparedStatement statement = connection.prepareStatement(dialect.sql(sql))) {
                return work.apply(statement);
            }
        }
        PreparedStatement statement = kept.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(dialect.sql(sql));
            kept.put(sql, statement);
        }
        try {
            return work.apply(statement);
        } catch (SQLException e) {
            kept.remove(sql); // it may hold half a batch
            statement.close();
            throw e;
        }
    }

    private void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, dialect.value(connection, values[i]));
        }
    }
}
