package io.promptroutes.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * The ledger's tables. Where those of a file are of this version already, as at nearly every start, Flyway is not loaded: that would take longer
 * than all else that the ledger does then. A server's are Flyway's in any case.
 */
final class Schema {

    static final String FOLDER = "io/promptroutes/db/migration";
    /** The last of the folder. */
    static final String NEWEST = "V3__batch_times.sql";

    private Schema() {
    }

    /** @throws org.flywaydb.core.api.FlywayException where they are of another version, or were changed */
    static void bringUpToDate(DataSource source, SqlDialect dialect) throws SQLException {
        if (dialect != SqlDialect.SQLITE || !current(source)) {
            Flyway.configure().dataSource(source).locations("classpath:" + FOLDER).placeholders(dialect.words()).load().migrate();
        }
    }

    /** Whether Flyway noted the newest script last, and all scripts as they are now. Whatever else there is to say of them is for Flyway to say. */
    static boolean current(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) { // where there is none, that is the fault, and a second try may tell another
            return current(connection);
        }
    }

    private static boolean current(Connection connection) {
        String last = null;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT script, checksum, success FROM flyway_schema_history ORDER BY installed_rank")) {
            while (row.next()) {
                last = row.getString("script");
                Integer checksum = checksum(last);
                if (!row.getBoolean("success") || checksum == null || checksum != row.getInt("checksum")) {
                    return false;
                }
            }
        } catch (SQLException | IOException e) {
            return false;
        }
        return NEWEST.equals(last);
    }

    /** As Flyway counts it; null where there is no such script. */
    private static Integer checksum(String script) throws IOException {
        try (InputStream in = Schema.class.getResourceAsStream("/" + FOLDER + "/" + script)) {
            if (in == null) {
                return null;
            }
            CRC32 sum = new CRC32();
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
            return (int) sum.getValue();
        }
    }
}
