package io.promptroutes.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a command asks of the service that has the ledger. */
class ManagementTest {

    @TempDir
    Path folder;

    private final StringWriter told = new StringWriter();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answers(int status, String body) {
        server.createContext("/observe/costs", http -> {
            boolean known = "Bearer open sesame".equals(http.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            http.sendResponseHeaders(known ? status : 401, known && bytes.length > 0 ? bytes.length : -1);
            http.getResponseBody().write(known ? bytes : new byte[0]);
            http.close();
        });
    }

    private JsonNode ask() throws IOException {
        Settings settings = Settings.ofTheJar().with("management.port", String.valueOf(server.getAddress().getPort()))
                .with("management.token", "file:" + Files.writeString(folder.resolve("token"), "open sesame"));
        return Management.ask(settings, "/observe/costs?by=model", new PrintWriter(told, true));
    }

    @Test
    void figuresAreThoseOfTheServiceAtThePortAndThatIsSaid() throws IOException {
        answers(200, "[{\"model\":\"ä\"}]");

        assertThat(ask().path(0).path("model").asText()).isEqualTo("ä");
        assertThat(told.toString()).contains("the ledger is in use; these are the figures of the service at http://127.0.0.1:" + server.getAddress().getPort());
    }

    @ParameterizedTest
    @CsvSource({"400", "503"})
    void whatTheServiceCannotReadOrTellIsSaidInItsWords(int status) {
        answers(status, "{\"error\":\"no such column\"}");

        assertThatThrownBy(this::ask).isInstanceOf(UsageException.class).hasMessageContaining("says: no such column");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"404|{}", "204|''", "401|''", "500|<html>", "200|<html>", "200|[{\"cut"})
    void whateverElseIsThereIsNoService(int status, String body) throws IOException {
        answers(status, body);

        assertThat(ask()).isNull();
        assertThat(told.toString()).isEmpty();
    }

    @Test
    void nobodyThereIsNoService() throws IOException {
        server.stop(0);

        assertThat(ask()).isNull();
    }
}
