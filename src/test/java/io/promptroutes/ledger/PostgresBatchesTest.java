package io.promptroutes.ledger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class PostgresBatchesTest extends BatchesContract {

    private static EmbeddedPostgres server;
    private static int databases;
    @TempDir
    private static Path data;

    private String database;

    @BeforeAll
    static void startServer() throws IOException, SQLException {
        server = EmbeddedPostgres.builder().setDataDirectory(data.resolve("postgres")).setPGStartupWait(Duration.ofSeconds(60)).start();
        PostgresLedgerTest.makeTables(server);
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @Override
    LedgerSettings settings() {
        if (database == null) {
            database = "batches" + databases++;
            PostgresLedgerTest.copyTables(server, database);
        }
        return TestLedgers.postgres(server.getJdbcUrl("postgres", database), "postgres", () -> "postgres");
    }
}
