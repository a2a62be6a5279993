package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of models, and figures of the account, that are broken, without end, or too small to be believed. */
@Execution(ExecutionMode.CONCURRENT)
final class ForeignListTest {

    private static final String PROMPT = "{\"prompt\":\"Hello\",\"strategy\":\"cost\"}";

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    private static ObjectNode shipped() throws IOException {
        return (ObjectNode) Json.MAPPER.readTree(ForeignListTest.class.getResourceAsStream("/io/promptroutes/models.json"));
    }

    private static String list(int rows) throws IOException {
        ObjectNode list = shipped();
        ArrayNode all = (ArrayNode) list.get("data");
        while (all.size() > rows) {
            all.remove(all.size() - 1);
        }
        return list.toString();
    }

    private Path copy() {
        return folder.resolve("models.json");
    }

    private JsonNode answered(Map<String, String> keys) {
        Map<String, String> all = new java.util.HashMap<>(Map.of("catalogue.copy", copy().toString()));
        all.putAll(keys);
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), all)) {
            return routes.ask(PROMPT);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, false", "206, false", "207, true", "412, true"})
    void aListThatLostMostOfItsRowsIsKeptAside(int rows, boolean believed) throws Exception {
        Files.writeString(copy(), shipped().toString());
        server.models(list(rows));
        assertThat(answered(Map.of()).path("status").asText()).isEqualTo("success");
        Path aside = folder.resolve("models.json.refused");
        assertThat(Json.MAPPER.readTree(copy().toFile()).path("data").size()).isEqualTo(believed ? rows : 413);
        assertThat(Files.exists(aside)).isEqualTo(!believed);
        if (!believed) {
            assertThat(Json.MAPPER.readTree(aside.toFile()).path("data").size()).isEqualTo(rows);
        }
    }

    /** As the warning says: whoever knows that the list has shrunk moves it to the copy's place. */
    @Test
    void anOperatorBelievesAListByMovingIt() throws Exception {
        Files.writeString(copy(), list(5));
        Files.setLastModifiedTime(copy(), java.nio.file.attribute.FileTime.from(Instant.now()));
        server.models(list(5).replace("0.000008", "0.000009"));
        assertThat(answered(Map.of()).path("status").asText()).isEqualTo("success");
        assertThat(Files.readString(copy())).contains("0.000009");
        assertThat(folder.resolve("models.json.refused")).doesNotExist();
        Catalogue catalogue = Catalogue.shipped();
        new CatalogueCopy(copy()).load(catalogue);
        assertThat(catalogue.all()).hasSize(5);
    }

    /** Under a budget every prompt would be refused as unbounded_cost, had the list been believed. */
    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "[]", "{}", "{\"data\":{}}", "{\"data\":[]}", "{\"data\":[{}]}", "{\"data\":[{\"id\":\"a\",\"pricing\":{\"prompt\":\"0\"}}]}",
        "{\"data\":[{\"id\":\"a\",\"context_length\":1e99999999999}]}", "{\"data\":[", "null", "\"x\""})
    void whatIsNoListLeavesTheLastGoodOneInForce(String body) throws Exception {
        Files.writeString(copy(), shipped().toString());
        server.models(body);
        assertThat(answered(Map.of()).path("status").asText()).isEqualTo("success");
        assertThat(Json.MAPPER.readTree(copy().toFile()).path("data").size()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"pricing\":{\"prompt\":\"1e999999999\",\"completion\":\"1\"}}", "{\"pricing\":{\"prompt\":1e999999999,\"completion\":1}}",
        "{\"pricing\":{\"prompt\":\"1e-999999999\",\"completion\":\"0\"}}", "{\"pricing\":{\"prompt\":\"1e99999999999\",\"completion\":\"0\"}}",
        "{\"pricing\":{\"prompt\":\"NaN\",\"completion\":\"0\"}}", "{\"pricing\":{\"prompt\":{},\"completion\":[]}}", "{\"pricing\":[]}", "{\"pricing\":null}",
        "{\"pricing\":{\"overrides\":[{\"min_prompt_tokens\":\"1e9\"}]}}", "{\"pricing\":{\"overrides\":[{\"utc_start\":\"9999\"}]}}", "{\"id\":null}", "{\"id\":7}",
        "{\"id\":\"a b\"}", "{\"id\":\"\\u001b[31m\"}", "{\"id\":\"\\u202e\"}"})
    void aBrokenRowSkipsOnlyItself(String broken) throws Exception {
        ObjectNode list = shipped();
        ObjectNode row = (ObjectNode) list.at("/data/7");
        String id = row.path("id").asText();
        String whole = row.toString();
        String text = list.toString().replace(whole, whole.substring(0, whole.length() - 1) + "," + broken.substring(1)); // of two fields of a name the last counts
        Catalogue catalogue = Catalogue.shipped();
        catalogue.refresh(text.getBytes(StandardCharsets.UTF_8), Instant.now());
        assertThat(catalogue.all()).hasSize(412);
        assertThat(catalogue.find(id)).isEmpty();
    }

    @Test
    void aNameOrPriceOfMillionsOfCharactersSkipsItsRowAtOnce() throws Exception {
        for (String field : List.of("id", "pricing")) {
            ObjectNode list = shipped();
            ObjectNode row = (ObjectNode) list.at("/data/7");
            String much = "9".repeat(4_000_000);
            row.set(field, field.equals("id") ? Json.MAPPER.valueToTree(much) : Json.MAPPER.createObjectNode().put("prompt", much).put("completion", much));
            Catalogue catalogue = Catalogue.shipped();
            org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> catalogue.refresh(Json.bytes(list), Instant.now()));
            assertThat(catalogue.all()).hasSize(412);
        }
    }

    @Test
    void aModelThatIsToldManyTimesIsOne() throws Exception {
        ObjectNode list = shipped();
        JsonNode row = list.at("/data/7");
        ArrayNode all = list.putArray("data");
        IntStream.range(0, 413).forEach(i -> all.add(row));
        assertThatThrownBy(() -> Catalogue.shipped().refresh(Json.bytes(list), Instant.now())).hasMessageContaining("a list of 1 models");
    }

    @ParameterizedTest
    @CsvSource({"1e30", "1000000000000000000000000000000", "18446744073709551617", "-5", "0", "9223372036854775807", "'\"many\"'", "null", "128000.5"})
    void aContextThatIsNoNumberOfTokensIsNotKnown(String context) throws Exception {
        ObjectNode list = shipped();
        ObjectNode row = (ObjectNode) list.at("/data/7");
        row.set("context_length", Json.MAPPER.readTree(context));
        row.remove("top_provider");
        Catalogue catalogue = Catalogue.shipped();
        catalogue.refresh(Json.bytes(list), Instant.now());
        assertThat(catalogue.find(row.path("id").asText()).orElseThrow().contextLength()).isNull();
    }

    private static Reply dribble() {
        return (socket, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write("1\r\n \r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                Thread.sleep(50);
            }
        };
    }

    private static Reply gigabytes(String length) {
        return (socket, out) -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + length + (length.startsWith("X-") ? "" : "\r\n\r\n")).getBytes(StandardCharsets.US_ASCII));
            byte[] much = " ".repeat(0x10000).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                if (length.startsWith("Transfer")) {
                    write(out, "10000\r\n");
                }
                out.write(much);
                if (length.startsWith("Transfer")) {
                    write(out, "\r\n");
                }
            }
        };
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whatever is asked: the job goes on with what it knows, and a command says what is wrong. */
    @ParameterizedTest
    @CsvSource({"dribble, no whole answer within", "Transfer-Encoding: chunked, longer than", "Content-Length: 5000000000, longer than", "Connection: close, longer than", "X-Long: , Maximum line length"})
    void whatComesWithoutEndIsEnded(String how, String told) throws Exception {
        Reply reply = how.equals("dribble") ? dribble() : gigabytes(how);
        for (String target : List.of("/models", "/key", "/credits")) {
            server.reply(target, reply);
        }
        String timeout = how.equals("dribble") ? "1500ms" : "60s";
        Map<String, String> keys = Map.of("openrouter.timeout", timeout, "alerts.credit-every", "1s");
        JsonNode outcome = answered(keys);
        assertThat(outcome.path("status").asText()).isEqualTo("success");
        Files.writeString(folder.resolve("key"), RoutesUnderTest.KEY);
        for (String command : List.of("test", "check")) {
            StringWriter said = new StringWriter();
            int code = PromptRoutes.execute(new String[] {command, "-D", "openrouter.base-url=" + server.baseUrl(), "-D", "openrouter.timeout=" + timeout, "-D",
                "openrouter.api-key=file:" + folder.resolve("key"), "-D", "pipelines=http", "-D", "ledger.directory=" + folder.resolve("data"), "-D",
                "catalogue.copy=" + copy()}, new PrintWriter(said), new PrintWriter(said));
            assertThat(code).as(said.toString()).isNotZero();
            assertThat(said.toString()).as(command).contains(told);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e999999999", "1e-999999999", "1e99999999999"})
    void anAmountOutOfAllProportionIsNone(String amount) throws Exception {
        server.models(shipped().toString());
        server.document("/key", "{\"data\":{\"label\":\"l\\u001b[31m\",\"limit\":" + amount + ",\"limit_remaining\":" + amount + ",\"usage\":" + amount + "}}");
        server.document("/credits", "{\"data\":{\"total_credits\":" + amount + ",\"total_usage\":" + amount + "}}");
        Files.writeString(folder.resolve("key"), RoutesUnderTest.KEY);
        StringWriter said = new StringWriter();
        PromptRoutes.execute(new String[] {"test", "-D", "openrouter.base-url=" + server.baseUrl(), "-D", "openrouter.api-key=file:" + folder.resolve("key"), "-D",
            "openrouter.management-key=file:" + folder.resolve("key"), "-D", "ledger.directory=" + folder.resolve("data")}, new PrintWriter(said), new PrintWriter(said));
        assertThat(said.toString()).contains("413 listed", "limit     none", "left      whatever").doesNotContain("\u001b").hasSizeLessThan(1_000);
    }
}
