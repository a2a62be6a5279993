package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key itself, whatever its form, is in nothing that a job writes or says, and what it writes is for its owner alone. */
final class OwnSecretsTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    private String batch(String key, int code) throws IOException {
        Files.writeString(folder.resolve("key"), key + "\n");
        Files.writeString(folder.resolve("in.jsonl"), "{\"id\":\"a\",\"prompt\":\"Hello\"}\n{\"id\":\"b\",\"prompt\":\"Hello again\"}\n");
        StringWriter said = new StringWriter();
        List<String> line = new ArrayList<>(List.of("batch", folder.resolve("in.jsonl").toString(), "--out", folder.resolve("new/out").toString()));
        Map.of("openrouter.base-url", server.baseUrl(), "openrouter.api-key", "file:" + folder.resolve("key"), "ledger.directory", folder.resolve("own/data").toString(),
                "catalogue.copy", folder.resolve("lists/models.json").toString(), "retry.provider-error.calls", "1", "pause.max", "0s", "pipelines", "http",
                "prompts.concurrency", "1").forEach((name, value) -> line.addAll(List.of("-D", name + "=" + value)));
        assertThat(PromptRoutes.execute(line.toArray(String[]::new), new PrintWriter(said), new PrintWriter(said))).as(said.toString()).isEqualTo(code);
        return said.toString();
    }

    private List<Path> written() throws IOException {
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(path -> !path.equals(folder) && !List.of("key", "in.jsonl").contains(path.getFileName().toString())).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"canary-of-another-form-0123", "A1/b2+c3==canary/slashes", "deadbeefdeadbeef", "eyJhbGciOi.canary", "pw-canary$^*(x)[y]{z}\\\\d"})
    void aKeyThatTheUpstreamEchoesIsKeptAndShownNowhere(String key) throws Exception {
        String json = com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance().quoteAsString(key).length == key.length() ? key : key.replace("\\", "\\\\");
        server.script(Reply.error(400, "Key " + json + " may not do this"), Reply.answer("\"model\":\"m " + json + "\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,"
                + "\"total_tokens\":2,\"cost\":0.001}"));
        server.document("/key", "{\"error\":{\"message\":\"" + json.replace("/", "\\/") + "\"}}");
        String said = batch(key, 1);
        assertThat(server.calls()).hasSize(2);
        assertThat(said).doesNotContain(key);
        for (Path file : written()) {
            if (Files.isRegularFile(file)) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).as(file.toString()).doesNotContain(key).doesNotContain(json);
            }
        }
        assertThat(Files.readString(folder.resolve("new/out/dead-letters.jsonl"))).contains("Key *** may not do this");
        assertThat(Files.readString(folder.resolve("new/out/results.jsonl"))).contains("\"m ***\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400})
    void aShortKeyIsStruckOutOfAnError(int status) throws Exception {
        server.scriptThen(Reply.json(status, "{\"error\":{\"code\":400,\"message\":\"Key hunter2 may not do this\"}}"));
        assertThat(batch("hunter2", 1)).doesNotContain("hunter2");
        assertThat(Files.readString(folder.resolve("new/out/dead-letters.jsonl"))).contains("Key *** may not do this");
    }

    /** A placeholder for a server that takes any key is a word that an answer may be about. */
    @Test
    void anAnswerAboutAWordThatIsThePlaceholderOfAKeyStaysWhole() throws Exception {
        server.scriptThen(Reply.answer("\"model\":\"lm-studio\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2,\"cost\":0.001}"));
        batch("lm-studio", 0);
        assertThat(Files.readString(folder.resolve("new/out/results.jsonl"))).contains("\"lm-studio\"");
    }

    @Test
    void whatIsMadeIsForItsOwnerAlone() throws Exception {
        server.models(new String(getClass().getResourceAsStream("/io/promptroutes/models.json").readAllBytes(), StandardCharsets.UTF_8));
        Path ledger = folder.resolve("own/data/ledger.db");
        Files.createDirectories(ledger.getParent());
        Ledger.open(TestLedgers.made(ledger.getParent())).close();
        Files.setPosixFilePermissions(ledger, PosixFilePermissions.fromString("rw-r--r--")); // of an earlier version
        batch("canary-of-another-form-0123", 0);
        assertThat(written()).extracting(path -> folder.relativize(path).toString()).contains("new/out/results.jsonl", "new/out/costs.jsonl", "new/out/dead-letters.jsonl",
                "own/data/ledger.db", "lists/models.json");
        for (Path path : written()) {
            if (!List.of("own", "own/data").contains(folder.relativize(path).toString())) { // those were there
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).as(path.toString()).isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
            }
        }
    }
}
