package io.promptroutes.ledger;

import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.lang3.function.FailableFunction;

/** SQL on one connection with values of Java's types, the same for both databases. Used by one thread at a time. */
final class SqlSession {

    private final Connection connection;
    private boolean wrote;

    SqlSession(Connection connection) {
        this.connection = connection;
    }

    /** Whether something changed that has to be durable. */
    boolean wrote() {
        return wrote;
    }

    /** What follows sees the database as it is now. For reading; to be called first. */
    void atOnce() throws SQLException {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ); // the pool sets it back
    }

    <T> List<T> list(String sql, FailableFunction<ResultSet, T, SQLException> reader, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(reader.apply(rows));
                }
                return read;
            }
        }
    }

    /** Rows by their key; {@code sql} takes the keys as its only value, an array. */
    <K, T> Map<K, T> byKey(String sql, FailableFunction<ResultSet, T, SQLException> reader, Function<T, K> key, Collection<K> keys) throws SQLException {
        return keys.isEmpty() ? Map.of() : list(sql, reader, keys).stream().collect(Collectors.toMap(key, row -> row));
    }

    int update(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            int changed = statement.executeUpdate();
            wrote |= changed > 0;
            return changed;
        }
    }

    /** The same statement for many rows, in one trip. Returns how many rows changed. */
    int batch(String sql, List<Object[]> rows) throws SQLException {
        if (rows.isEmpty()) {
            return 0;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Object[] row : rows) {
                set(statement, row);
                statement.addBatch();
            }
            int changed = 0;
            for (int count : statement.executeBatch()) {
                changed += count;
            }
            wrote |= changed > 0;
            return changed;
        }
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    static BigDecimal usd(ResultSet row, String column) throws SQLException {
        BigDecimal value = row.getBigDecimal(column);
        return value == null ? null : Usd.of(value);
    }

    /** As both databases can keep it: PostgreSQL takes no U+0000, and no half of a surrogate pair is UTF-8. */
    static String storable(String text) {
        return text.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c)) ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\0', '\uFFFD');
    }

    private void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i] instanceof Collection<?> many ? array(many) : sql(values[i]));
        }
    }

    private Array array(Collection<?> values) throws SQLException {
        boolean ids = !values.isEmpty() && values.stream().allMatch(UUID.class::isInstance);
        return connection.createArrayOf(ids ? "UUID" : "VARCHAR", values.stream().map(SqlSession::sql).toArray());
    }

    private static Object sql(Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
        return value instanceof String text ? storable(text) : value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value;
    }
}
