package io.promptroutes.process;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteDataSource;

/** An embedded ledger as its database has it, beside the processes that use it. For one thread but for {@link #lock}. */
record LedgerFile(Path folder, List<Connection> open) implements AutoCloseable {

    LedgerFile(Path folder) {
        this(folder, new ArrayList<>());
    }

    private Connection connect() throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:file:" + folder.resolve("ledger.db") + "?mode=rw");
        return source.getConnection();
    }

    /** What a statement counts; 0 where there is no ledger yet. */
    long number(String sql) {
        try (Connection connection = connect(); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            return rows.getLong(1);
        } catch (SQLException e) {
            return 0;
        }
    }

    /** Keeps all others from writing to it until this is closed. */
    void lock() {
        try {
            Connection connection = connect();
            open.add(connection);
            connection.createStatement().execute("PRAGMA busy_timeout = 10000");
            connection.createStatement().execute("BEGIN IMMEDIATE");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : open) {
            connection.close();
        }
    }
}
