package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A table in, the same table with answers out. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class BatchTableTest {

    private static final String USAGE = "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":" + Reply.COST + "}";

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    private record Said(int code, String err) {
    }

    @BeforeEach
    void files() throws IOException {
        write("ask.mustache", "Judge {{Product Name}}: {{review}}");
        write("schema.json", "{\"type\":\"object\",\"properties\":{\"mood\":{\"type\":\"string\"},\"review\":{\"type\":\"array\"}},\"required\":[\"mood\",\"review\"]}");
        server.when(call -> call.body().toString().contains("bad"), answering("{\\\"mood\\\":\\\"sad, \\\\\\\"very\\\\\\\"\\\",\\\"review\\\":[1,2.50]}"));
        server.scriptThen(answering("{\\\"mood\\\":\\\"glad\\\",\\\"review\\\":[]}"));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Reply answering(String content) {
        return Reply.choice("{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"" + content + "\"}}", USAGE);
    }

    private Said batch(String input, String... options) {
        return said(List.of("batch", folder.resolve(input).toString(), "--out", folder.resolve("out").toString(), "--model", "openai/gpt-4.1-mini", "--format",
                "csv"), options);
    }

    private Said replay(String... options) {
        return said(List.of("dead-letters", "replay", folder.resolve("out").toString()), options);
    }

    private Said said(List<String> command, String... options) {
        List<String> all = new ArrayList<>(command);
        all.addAll(Arrays.asList(options));
        for (String key : List.of("openrouter.base-url=" + server.baseUrl(), "openrouter.api-key=sk-or-v1-none", "ledger.directory=" + folder.resolve("data"),
                "catalogue.copy=" + folder.resolve("models.json"), "models.current.fallbacks=", "fallback.free=off", "retry.backoff=10ms")) {
            all.addAll(List.of("-D", key));
        }
        StringWriter err = new StringWriter();
        return new Said(InThisProcess.execute(all.toArray(String[]::new), new StringWriter(), err), err.toString());
    }

    private String[] asked() {
        return new String[] {"--prompt", folder.resolve("ask.mustache").toString(), "--schema", folder.resolve("schema.json").toString()};
    }

    private String table() throws IOException {
        return Files.readString(folder.resolve("out/results.csv"));
    }

    private List<List<String>> rows() throws IOException {
        return new CsvMapper().readerForListOf(String.class).with(CsvParser.Feature.WRAP_AS_ARRAY).<List<String>>readValues(table()).readAll();
    }

    private static String[] with(String[] options, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(options));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    @Test
    void columnsOfTheInputAndFieldsOfTheSchemaStandSideBySideInTheOrderOfTheInput() throws IOException {
        write("reviews.csv", "Product Name;review;price;mood\n\"Cup; blue\";\"good\nin two lines\";1.50;x\nPot;bad;007;\nPot;bad;8;\n");
        assertThat(batch("reviews.csv", with(asked(), "--order", "input")).code()).isZero();

        String cost = Reply.COST;
        assertThat(rows()).containsExactly(
                List.of("Product Name", "review", "price", "mood", "answer_mood", "answer_review", "error", "model_used", "cost_usd"),
                List.of("Cup; blue", "good\nin two lines", "1.50", "x", "glad", "[]", "", "openai/gpt-4.1-mini", cost),
                List.of("Pot", "bad", "007", "", "sad, \"very\"", "[1,2.50]", "", "openai/gpt-4.1-mini", cost),
                List.of("Pot", "bad", "8", "", "sad, \"very\"", "[1,2.50]", "", "openai/gpt-4.1-mini", cost));
        assertThat(server.calls()).hasSize(3).allSatisfy(call -> assertThat(call.body().at("/messages/0/content").asText()).startsWith("Judge ").doesNotContain("007", "1.50"));
    }

    @Test
    void aRerunAsksNothingAndHasTheWholeTableAgain() throws IOException {
        write("reviews.csv", "Product Name,review\nCup,good\nPot,bad\n");
        batch("reviews.csv", with(asked(), "--order", "input"));
        String first = table();
        write("reviews.csv", "Product Name,review\nPan,good one\nCup,good\nPot,bad\n");
        batch("reviews.csv", with(asked(), "--order", "input"));

        assertThat(table().lines().toList()).hasSize(4).containsAll(first.lines().toList());
        assertThat(server.calls()).hasSize(3);
    }

    @Test
    void whatHasNoAnswerIsARowWithItsError() throws IOException {
        server.when(call -> call.body().toString().contains("refused"), Reply.error(400, "temperature: must be at most 2"));
        write("reviews.csv", "Product Name,review\nCup,good,3\nPot,refused\nPan,good\n");
        Said said = batch("reviews.csv", with(asked(), "--order", "input"));

        assertThat(said.code()).isEqualTo(ExitCodes.DEAD_LETTERS);
        assertThat(rows()).hasSize(4);
        assertThat(rows().get(1).subList(0, 4)).containsExactly("Cup", "good", "", "");
        assertThat(rows().get(1).get(4)).startsWith("invalid_csv: a row of 3 cells under a header of 2");
        assertThat(rows().get(2).get(4)).startsWith("bad_request: ").contains("at most 2");
        assertThat(rows().get(3).subList(2, 5)).containsExactly("glad", "[]", "");
    }

    @Test
    void withoutASchemaTheTextIsAColumnAndRecordsMayBeJson() throws IOException {
        server.scriptThen(Reply.text("=SUM(A1)"));
        write("reviews.jsonl", "{\"Product Name\":\"Cup\",\"review\":\"fine\",\"tags\":[\"a\",1e2]}\n{\"Product Name\":\"Pot\",\"review\":\"fine\",\"other\":1}\n");
        Said said = batch("reviews.jsonl", "--prompt", folder.resolve("ask.mustache").toString(), "--order", "input", "--spreadsheet");

        assertThat(rows().get(0)).containsExactly("Product Name", "review", "tags", "text", "error", "model_used", "cost_usd");
        assertThat(rows().get(1).subList(0, 4)).containsExactly("Cup", "fine", "[\"a\",100]", "'=SUM(A1)");
        assertThat(rows().get(2).subList(0, 4)).containsExactly("Pot", "fine", "", "'=SUM(A1)");
        assertThat(said.err()).contains("not those that only others have: other");
    }

    @Test
    void linesWithoutColumnsBeforeTheFirstRecordShiftNothing() throws IOException {
        write("reviews.jsonl", "{}\n{broken\n{\"Product Name\":\"Cup\",\"review\":\"good\"}\n");
        batch("reviews.jsonl", with(asked(), "--order", "input"));

        assertThat(rows().get(0).subList(0, 3)).containsExactly("Product Name", "review", "mood");
        assertThat(rows().get(1).get(4)).startsWith("missing_prompt: ");
        assertThat(rows().get(2).get(4)).startsWith("invalid_json: ");
        assertThat(rows().get(3).subList(0, 3)).containsExactly("Cup", "good", "glad");
    }

    @Test
    void aFreshJobRenamesTheEarlierTable() throws IOException {
        write("reviews.csv", "Product Name,review\nCup,good\nPot,bad\n");
        batch("reviews.csv", asked());
        String before = table();
        server.scriptThen(Reply.error(401, "No auth credentials found"));
        write("more.csv", "Product Name,review\nCup,better\n");
        assertThat(batch("more.csv", with(asked(), "--fresh")).code()).isEqualTo(ExitCodes.STOPPED);
        assertThat(Files.readString(folder.resolve("out/results.csv.1"))).isEqualTo(before);
    }

    @Test
    void aTableOfSomebodyElseIsNotTouched() throws IOException {
        write("reviews.csv", "Product Name,review\nCup,good\n");
        Files.createDirectories(folder.resolve("out"));
        write("out/results.csv", "mine");

        assertThat(batch("reviews.csv", asked()).err()).contains("is there already, and no job's");
        assertThat(folder.resolve("out/results.csv")).hasContent("mine");
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void deadLettersAreAskedAgainAsTheirJobHasAsked() throws IOException {
        server.scriptThen(Reply.error(400, "temperature: must be at most 2"));
        write("reviews.csv", "Product Name,review,model\nCup,fine,of-mine\n");
        assertThat(batch("reviews.csv", asked()).code()).isEqualTo(ExitCodes.DEAD_LETTERS);
        server.scriptThen(answering("{\\\"mood\\\":\\\"glad\\\",\\\"review\\\":[]}"));
        Said said = replay();
        assertThat(said.code()).as("%s", said.err()).isZero();

        assertThat(server.calls()).singleElement().satisfies(call -> {
            assertThat(call.model()).isEqualTo("openai/gpt-4.1-mini");
            assertThat(call.body().at("/messages/0/content").asText()).isEqualTo("Judge Cup: fine");
            assertThat(call.body().at("/response_format/type").asText()).isEqualTo("json_schema");
        });
    }

    @Test
    void bracesAndHashesInOptionsAreWhatTheyAre() throws IOException {
        write("reviews.csv", "Product Name,review\nCup,good\n");
        assertThat(batch("reviews.csv", "--prompt", "\"#{{env:HOME}} \\(.review)\"").code()).isZero();

        assertThat(server.calls().get(0).body().at("/messages/0/content").asText()).isEqualTo("#{{env:HOME}} good");
    }

    @Test
    void aTableOfPromptsKeepsItsOtherColumns() throws IOException {
        write("prompts.csv", "id,prompt,note\na,good?,of mine\n");
        batch("prompts.csv", "--set", "seed=7", "--set", "user=me", "--set", "provider={\"sort\":\"price\"}");

        assertThat(rows()).hasSize(2);
        assertThat(rows().get(1).subList(0, 3)).containsExactly("a", "good?", "of mine");
        JsonNode body = server.calls().get(0).body();
        assertThat(body.path("seed").asInt()).isEqualTo(7);
        assertThat(body.path("user").asText()).isEqualTo("me");
        assertThat(body.at("/provider/sort").asText()).isEqualTo("price");
        assertThat(body.toString()).doesNotContain("of mine");
    }

    @Test
    void aPromptMayBeAJqTextAndItsSystemMessageToo() throws IOException {
        write("reviews.csv", "First Name,review\nAda,good\n");
        batch("reviews.csv", "--prompt", "\"Sum up \\(.review)\"", "--system", "\"You talk to \\(.[\"First Name\"])\"");

        assertThat(server.calls().get(0).body().path("messages")).map(message -> message.path("content").asText()).containsExactly("You talk to Ada", "Sum up good");
    }

    @Test
    void recordsAreKnownByAColumnWhereThatIsSaid() throws IOException {
        write("reviews.csv", "Product Name,review,Ticket No\nCup,good,T-1\nPot,bad,T-2\n");
        batch("reviews.csv", with(asked(), "--id", "Ticket No"));

        assertThat(Files.readAllLines(folder.resolve("out/results.jsonl"))).map(line -> Json.text(line.getBytes(), "id")).containsExactlyInAnyOrder("T-1", "T-2");
    }

    @Test
    void aCellThatNobodyAsksAboutMakesARowThatHasAnIdNoNewOne() throws IOException {
        write("reviews.csv", "Product Name,review,no,price\nCup,good,1,1.50\n");
        batch("reviews.csv", with(asked(), "--id", "no"));
        write("reviews.csv", "Product Name,review,no,price\nCup,good,1,1.60\n");
        batch("reviews.csv", with(asked(), "--id", "no"));

        assertThat(rows().get(1).subList(0, 4)).containsExactly("Cup", "good", "1", "1.60");
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void aReplayMakesNoTableAndTheNextRunHasWhatItAnswered() throws IOException {
        write("reviews.csv", "Product Name,review\nCup,refused\nPot,good\n");
        server.when(call -> call.body().toString().contains("refused"), Reply.error(400, "not now"));
        assertThat(batch("reviews.csv", with(asked(), "--order", "input")).code()).isEqualTo(ExitCodes.DEAD_LETTERS);
        String before = table();

        assertThat(replay("--format", "csv").err()).contains("--format csv and --out - are for batch");
        assertThat(table()).isEqualTo(before);
        server.when(call -> call.body().toString().contains("refused"), answering("{\\\"mood\\\":\\\"late\\\",\\\"review\\\":[]}"));
        assertThat(replay().code()).isZero();
        assertThat(batch("reviews.csv", with(asked(), "--order", "input")).code()).isZero();
        assertThat(rows()).extracting(row -> row.get(2)).containsExactly("mood", "late", "glad");
        assertThat(server.calls()).hasSize(3);
    }

    @Test
    void anOptionThatCannotBeUsedIsToldBeforeAnythingIsMade() throws IOException {
        write("reviews.csv", "Product Name,review\nCup,good\n");
        assertThat(batch("reviews.csv", "--prompt", "nowhere.mustache").err()).contains("options of batch: option prompt is nowhere.mustache");
        assertThat(batch("reviews.csv", with(asked(), "--temperature", "hot")).err()).contains("hot is no number (temperature)");
        assertThat(batch("reviews.csv", with(asked(), "--strategy", "smrt")).err()).contains("'smrt' is not one of");
        assertThat(batch("reviews.csv", with(asked(), "-D", "ledger.store-text=off")).err()).contains("--format csv and --out - need ledger.store-text=on");
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(server.calls()).isEmpty();
    }
}
