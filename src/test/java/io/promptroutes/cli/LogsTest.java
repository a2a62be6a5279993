package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Log lines as JSON, with what is known of a prompt in fields, and nothing of its text. */
class LogsTest {

    private final PrintStream before = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        Logs.format(Settings.load(Path.of("target", "no-settings-here"), Map.of(), Map.of("logs.format", "json")));
        Configurator.setLevel("io.promptroutes", Level.TRACE);
    }

    @AfterEach
    void restore() {
        System.setErr(before);
        Logs.format(Settings.load(Path.of("target", "no-settings-here"), Map.of(), Map.of()));
        LoggerContext.getContext(false).setConfigLocation(null);
    }

    @Test
    void everyLineIsAnObjectAndNamesPromptModelAttemptAndStatusButNoText() throws IOException {
        try (ScriptedServer server = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("openrouter.timeout", "500ms"))) {
            server.script(Reply.error(502, "cannot answer: a secret question"), Reply.error(429, "slow down"), Reply.silence(), Reply.error(404, "no such model"),
                    Reply.error(400, "a secret question is too much"));
            for (int n = 0; n < 4; n++) {
                routes.ask("{\"id\":\"p%d\",\"prompt\":\"a secret question\",\"model\":\"openai/gpt-4.1-mini\",\"task\":\"chat\"}".formatted(n));
            }
            routes.ask("{\"prompt\":\"a secret question\",}");
        }
        java.util.logging.Logger.getLogger("exporter").warning("said by another library");
        String all = written.toString(StandardCharsets.UTF_8);
        List<JsonNode> lines = new ArrayList<>();
        for (String line : all.lines().toList()) {
            lines.add(Json.MAPPER.readTree(line));
        }
        assertThat(lines).allSatisfy(line -> assertThat(line.fieldNames()).toIterable().contains("@timestamp", "log.level", "message", "log.logger"));
        List<JsonNode> calls = lines.stream().filter(line -> line.has("prompt")).toList();
        assertThat(calls).hasSizeGreaterThanOrEqualTo(5).allSatisfy(line -> {
            assertThat(line.path("prompt").asText()).matches("p\\d");
            assertThat(line.path("model").asText()).contains("/");
            assertThat(line.path("attempt").asInt()).isPositive();
        });
        assertThat(calls.stream().map(line -> line.path("status").asText())).contains("502", "429", "404", "400", "");
        assertThat(lines.stream().map(line -> line.path("message").asText())).contains("said by another library");
        assertThat(all).doesNotContain("secret question", RoutesUnderTest.KEY);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            openrouter.api-key=sk-or-v1-s3cret, openrouter.api-key=...
            -Dmanagement.token=s3cret, -Dmanagement.token=...
            openrouter.api-key=env:MY_KEY, openrouter.api-key=env:MY_KEY
            postgres://me:s3cret@host/db, postgres://...@host/db
            ledger.url=jdbc:postgresql://host/db?user=me&password=s3cret, ledger.url=jdbc:postgresql://host/db?user=me&password=...
            kafka.client.sasl.jaas.config=o.a.k.PlainLoginModule required username=me password=s3cret;, kafka.client.sasl.jaas.config=...
            prompts.order=key, prompts.order=key
            """)
    void aSettingIsShownWithoutItsSecret(String setting, String shown) {
        assertThat(Secret.hide(setting)).isEqualTo(shown);
    }
}
