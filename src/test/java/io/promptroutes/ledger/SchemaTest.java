package io.promptroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

class SchemaTest {

    private final SQLiteDataSource source = new SQLiteDataSource();

    @BeforeEach
    void inAFile(@TempDir Path folder) {
        source.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    }

    @Test
    void whatFlywayHasMadeIsCurrent() throws SQLException {
        assertThat(Schema.current(source)).as("an empty file").isFalse();
        Schema.bringUpToDate(source, SqlDialect.SQLITE);
        assertThat(Schema.current(source)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"checksum = checksum + 1", "checksum = NULL", "success = 0", "script = 'V0__other.sql'"})
    void tablesThatAreNotTheseAreLeftToFlyway(String change) throws SQLException {
        Schema.bringUpToDate(source, SqlDialect.SQLITE);
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE flyway_schema_history SET " + change)).isPositive();
        }
        assertThat(Schema.current(source)).isFalse();
    }

    @Test
    void theNewestScriptIsTheLastOfTheFolder() throws Exception {
        try (Stream<Path> scripts = Files.list(Path.of("src", "main", "resources", Schema.FOLDER))) {
            assertThat(scripts.map(script -> script.getFileName().toString()).sorted().toList()).as("write V01__ where there are ten").endsWith(Schema.NEWEST);
        }
    }
}
