package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PlainSettings;
import io.promptroutes.prompt.PromptSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is in a file: each prompt with its line, and what is none refused with its bytes. */
class InputFilesTest {

    private static final int MAX_BYTES = 2_000;

    @TempDir
    private Path folder;

    /** @param expected line, then the request or, behind an exclamation mark, the refusal's code and the bytes kept */
    record Case(String what, String file, byte[] content, String template, List<String> expected) {

        static Case of(String what, String file, String content, String... expected) {
            return new Case(what, file, content.getBytes(StandardCharsets.UTF_8), null, List.of(expected));
        }

        Case template(String text) {
            return new Case(what, file, content, text, expected);
        }

        Case in(Charset charset) {
            return new Case(what, file, new String(content, StandardCharsets.UTF_8).getBytes(charset), template, expected);
        }

        Case zipped() {
            return new Case(what, file, gzip(content), template, expected);
        }

        Case cutTo(int bytes) {
            return new Case(what, file, Arrays.copyOf(content, bytes), template, expected);
        }

        Case and(byte[] more) {
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.writeBytes(content);
            both.writeBytes(more);
            return new Case(what, file, both.toByteArray(), template, expected);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                Case.of("lines, whatever ends them", "a.jsonl", "\ufeff{\"a\":1}\r\n\n{\"b\":2}\nlast", "1 {\"a\":1}", "3 {\"b\":2}", "4 last"),
                Case.of("another ending", "a.prompts", "one\ntwo", "1 one", "2 two"),
                Case.of("gzip", "a.txt.gz", "one\ntwo\n", "1 one", "2 two").zipped(),
                Case.of("gzip of several members", "a.txt.gz", "one\n", "1 one", "2 two").zipped().and(gzip("two\n".getBytes())),
                Case.of("gzip by another name", "a.txt", "one\ntwo\n", "1 one", "2 two").zipped(),
                Case.of("a name that promises gzip", "a.csv.gz", "prompt\none\n", "2 {\"prompt\":\"one\"}"),
                Case.of("gzip that is cut", "a.txt.gz", "one\ntwo\n", "1 one", "2 !unreadable:two").zipped().cutTo(gzip("one\ntwo".getBytes()).length - 9),
                Case.of("gzip that is none", "a.txt.gz", "", "1 !unreadable:").and(new byte[] {0x1F, (byte) 0x8B, 9, 9, 9}),
                Case.of("UTF-16", "a.txt", "\ufeffh\u00e9 \ud83d\ude00\r\ntwo", "1 h\u00e9 \ud83d\ude00", "2 two").in(StandardCharsets.UTF_16LE),
                Case.of("UTF-16, the other way round", "a.csv", "\ufeffprompt\tid\n\u6d77\tx\n", "2 {\"prompt\":\"\u6d77\",\"id\":\"x\"}").in(StandardCharsets.UTF_16BE),
                Case.of("half a character of UTF-16", "a.txt", "\ufeffone", "1 one\0").in(StandardCharsets.UTF_16LE).and(new byte[] {0x3D}),

                Case.of("CSV in all its forms", "a.csv", "\ufeffid,prompt\r\n1,plain\r\n2,\"quoted, with \"\"quotes\"\"\"\r\n3,\"two\r\nlines\"\r\n\r\n4,last",
                        "2 {\"id\":\"1\",\"prompt\":\"plain\"}", "3 {\"id\":\"2\",\"prompt\":\"quoted, with \\\"quotes\\\"\"}",
                        "4 {\"id\":\"3\",\"prompt\":\"two\\r\\nlines\"}", "7 {\"id\":\"4\",\"prompt\":\"last\"}"),
                Case.of("semicolons", "a.csv", "id;prompt\na;1,5 or 2\n", "2 {\"id\":\"a\",\"prompt\":\"1,5 or 2\"}"),
                Case.of("quotes within plain cells", "a.csv", "id,prompt\na,5\" wide\nb,\"x\" \n", "2 {\"id\":\"a\",\"prompt\":\"5\\\" wide\"}",
                        "3 {\"id\":\"b\",\"prompt\":\"x\"}"),
                Case.of("cells by type", "a.csv", "prompt,temperature,max_tokens,free_only,metadata,models,stop,seed,messages\n"
                                + "7,0.5,100.0,FALSE,\"{\"\"k\"\":[1]}\",\"a/b, c/d\",5,,\nx,hot,,,{,\"[\"\"a\"\"]\",\"[\"\".\"\"]\",7,[]\n",
                        "2 {\"prompt\":\"7\",\"temperature\":0.5,\"max_tokens\":100,\"free_only\":false,\"metadata\":{\"k\":[1]},\"models\":[\"a/b\",\"c/d\"],\"stop\":\"5\"}",
                        "3 {\"prompt\":\"x\",\"temperature\":\"hot\",\"metadata\":\"{\",\"models\":[\"a\"],\"stop\":[\".\"],\"seed\":7,\"messages\":[]}"),
                Case.of("cells that cannot be written as JSON", "a.csv", "id,prompt,metadata\na,hi,\"{\"\"n\"\":1e1001}\"\nb,hi,\"{\"\"n\"\":1e999999999}\"\n"
                                + "c,hi,\"{\"\"n\"\":\"\"\\ud800\"\"}\"\nd,hi,\n", "2 !invalid_csv:a,hi,\"{\"\"n\"\":1e1001}\"", "3 !invalid_csv:b,hi,\"{\"\"n\"\":1e999999999}\"",
                        "4 !invalid_csv:c,hi,\"{\"\"n\"\":\"\"\\ud800\"\"}\"", "5 {\"id\":\"d\",\"prompt\":\"hi\"}"),
                Case.of("other columns go nowhere", "a.csv", "prompt,email,\nhi,a@b,1\n", "2 {\"prompt\":\"hi\"}"),
                Case.of("but into the template", "a.csv", "prompt,text,email\n,Long,a@b\nown,Long,a@b\n", "2 {\"text\":\"Long\"}", "3 {\"prompt\":\"own\"}")
                        .template("Shorten {{text}}"),
                Case.of("of data all columns are texts for the template", "a.csv", "prompt,First Name,id,temperature,\nP,Ann,7,0.5,x\n,,,,\n,,x,,\n",
                        "2 {\"prompt\":\"P\",\"First Name\":\"Ann\",\"id\":\"7\",\"temperature\":\"0.5\"}",
                        "4 {\"prompt\":\"\",\"First Name\":\"\",\"id\":\"x\",\"temperature\":\"\"}").template("data:{{id}}"),
                Case.of("too few and too many cells", "a.csv", "id,prompt\na\nb,c,d\n,,\n,\ne,f\n", "2 !invalid_csv:a", "3 !invalid_csv:b,c,d",
                        "4 !invalid_csv:,,", "6 {\"id\":\"e\",\"prompt\":\"f\"}"),
                Case.of("a quote that is never closed", "a.csv", "id,prompt\na,\"open\nb,fine\n\nc,fine\n", "2 !invalid_csv:a,\"open",
                        "3 {\"id\":\"b\",\"prompt\":\"fine\"}", "5 {\"id\":\"c\",\"prompt\":\"fine\"}"),
                Case.of("a quote that another one would close", "a.csv", "id,prompt\na,\"open\nb,fine\nc,\"fine\"\n", "2 !invalid_csv:a,\"open",
                        "3 {\"id\":\"b\",\"prompt\":\"fine\"}", "4 {\"id\":\"c\",\"prompt\":\"fine\"}"),
                Case.of("text behind a quote", "a.csv", "id,prompt\na,\"b\" c\nd,e\n", "2 !invalid_csv:a,\"b\" c", "3 {\"id\":\"d\",\"prompt\":\"e\"}"),
                Case.of("a carriage return alone", "a.csv", "id,prompt\na,b\rc,d\n\"e\r\",f\n", "2 !invalid_csv:a,b\rc,d", "3 {\"id\":\"e\\r\",\"prompt\":\"f\"}"),
                Case.of("no UTF-8 in one row", "a.csv", "id,prompt\na,\u00e9\nb,c\n", "2 !invalid_encoding:a,\ufffd", "3 {\"id\":\"b\",\"prompt\":\"c\"}").in(StandardCharsets.ISO_8859_1),
                Case.of("a NUL", "a.csv", "prompt\na\0b\nc\n", "2 !invalid_encoding:a\0b", "3 {\"prompt\":\"c\"}"),
                Case.of("a line that is too long", "a.csv", "prompt\n" + "x".repeat(MAX_BYTES + 1) + "\nb\n", "2 !too long: 2001", "3 {\"prompt\":\"b\"}"),
                Case.of("a cell whose second line is", "a.csv", "prompt\n\"a\nfine\n" + "x".repeat(MAX_BYTES + 1) + "\nb\n", "2 !invalid_csv:\"a",
                        "3 {\"prompt\":\"fine\"}", "4 !too long: 2001", "5 {\"prompt\":\"b\"}"),
                Case.of("a first line that is", "a.csv", "x".repeat(MAX_BYTES + 1) + "\nb\n", "1 !too long: 2001"),
                Case.of("no header that could be one", "a.csv", "Why is the sky blue?\nWhy?\n",
                        "1 !invalid_csv:Why is the sky blue?"),
                Case.of("a column twice", "a.csv", "prompt,id,id\na,b,c\n", "1 !invalid_csv:prompt,id,id"),
                Case.of("an open header", "a.csv", "\"prompt,id\na,b\n", "1 !invalid_csv:\"prompt,id"),
                Case.of("a header alone", "a.csv", "prompt"),
                Case.of("nothing", "a.csv", ""),

                Case.of("tabs, whatever the header has", "a.tsv", "prompt\tid,x\nhi, you\tz\n", "2 {\"prompt\":\"hi, you\"}"),
                Case.of("an ending in capitals", "A.CSV.GZ", "prompt\none\n", "2 {\"prompt\":\"one\"}"),
                Case.of("an array over several lines", "a.json", "\ufeff[\n  {\n    \"prompt\": \"one\",\n \"top_p\": 0.50 },\n  \"two }] \\\"\", [3],\n{\"prompt\":[]}\n]\n",
                        "1 {\"prompt\":\"one\",\"top_p\":0.50}", "2 {\"prompt\":\"two }] \\\"\"}", "3 [3]", "4 {\"prompt\":[]}"),
                Case.of("an array in one line", "a.json", "[{\"a\":1},{\"b\":2}]", "1 {\"a\":1}", "2 {\"b\":2}"),
                Case.of("objects one after another", "a.json", "{\"a\":1}\n{\"b\":\n2} {}", "1 {\"a\":1}", "2 {\"b\":2}", "3 {}"),
                Case.of("an array by a wrong name", "a.jsonl", "[\n{\"a\":1}\n]", "1 {\"a\":1}"),
                Case.of("an object by a wrong name", "a.prompts", "{\n\"a\":1\n}", "1 {\"a\":1}"),
                Case.of("a text that begins as an array", "a.txt", "[1] is a list\n[2]", "1 [1] is a list", "2 [2]"),
                Case.of("JSON that is none any more", "a.json", "[{\"a\":1},{\"b\":secret},{\"c\":3}]", "1 {\"a\":1}", "2 !unreadable:"),
                Case.of("JSON that is cut", "a.json", "[{\"a\":1},{\"b\":\"", "1 {\"a\":1}", "2 !unreadable:"),
                Case.of("numbers of JSON as they are written", "a.json", "[{\"a\":1},{\"b\":1e99999999999},{\"c\":-" + "9".repeat(1_100) + "},{\"d\":1E+1001,\"e\":0.10}]",
                        "1 {\"a\":1}", "2 {\"b\":1e99999999999}", "3 {\"c\":-" + "9".repeat(1_100) + "}", "4 {\"d\":1E+1001,\"e\":0.10}"),
                Case.of("JSON with half a character", "a.json", "[\"\\ud800\",\"b\\u00e4\",{\"\\ud83d\\ude00\":\"\\udc00\"}]", "1 {\"prompt\":\"\\uD800\"}",
                        "2 {\"prompt\":\"b\u00e4\"}", "3 {\"\\uD83D\\uDE00\":\"\\uDC00\"}"),
                Case.of("a name with half a character ends the file", "a.json", "[{\"a\":1},{\"\\udc00\":2},{\"b\":3}]", "1 {\"a\":1}", "2 !unreadable:"),
                Case.of("JSON that is nested deeper than anybody reads", "a.json", "[{\"a\":" + "[".repeat(1_200) + "]".repeat(1_200) + "},{\"b\":1}]",
                        "1 !too long: 2406", "2 {\"b\":1}"),
                Case.of("a value that is too large among others", "a.json", "[{\"a\":1}, {\"b\": [" + "\"xxxxxxxx\", ".repeat(200) + "{}]}\n,[\"c\"]]", "1 {\"a\":1}",
                        "2 !too long: 2411", "3 [\"c\"]"),
                Case.of("a text that is too large ends the file", "a.json", "[{\"a\":1}, \"" + "x".repeat(MAX_BYTES + 1) + "\", 3]", "1 {\"a\":1}", "2 !unreadable:"),
                Case.of("arrays one after another", "a.json", "[{\"a\":1}]\n[\"b\",[[2]]] {\"d\":3}\n[]", "1 {\"a\":1}", "2 {\"prompt\":\"b\"}", "3 [[2]]", "4 {\"d\":3}"),
                Case.of("rubbish behind an array", "a.json", "[{\"a\":1}]\nsecret", "1 {\"a\":1}", "2 !unreadable:"),
                Case.of("texts of data are for the template", "a.json", "[\"a\", {\"text\":\"b\"}]", "1 {\"text\":\"a\"}", "2 {\"text\":\"b\"}").template("data:{{text}}"),
                Case.of("an array of texts without a name", "a", "[\"one\", \"two\"]\n", "1 {\"prompt\":\"one\"}", "2 {\"prompt\":\"two\"}"),
                Case.of("a table whose columns have several words", "a", "First Name;\"Last-Name\";prompt;a.b\nx;y;z;\n", "1 !unreadable:"),
                Case.of("a table for the template", "a", "id,text\n1,Long\n", "1 !unreadable:").template("Shorten {{text}}"),
                Case.of("a table for the template, of data", "a.jsonl", "\ufeffid\tGr\u00f6\u00dfe\n1\t2\n", "1 !unreadable:").template("data:{{Gr\u00f6\u00dfe}}"),
                Case.of("what the template does not name", "a", "id,word\n", "1 id,word").template("data:{{text}}"),
                Case.of("XML", "a.xml", "\ufeff<?xml version=\"1.0\"?>\n<a/>\n", "1 !unreadable:"),
                Case.of("HTML by a wrong name", "a.jsonl", "\n<!DOCTYPE html>\n", "1 !unreadable:"),
                Case.of("HTML that is meant", "a.txt", "<html>\n", "1 <html>"),
                Case.of("Avro", "a.avro", "Obj\u0001\u0004", "1 !unreadable:"),
                Case.of("a table without a name", "a", "id,prompt\na,b\n", "1 !unreadable:"),
                Case.of("a table by a wrong name", "a.jsonl", "\ufeff\"prompt\";\"model\"\na;b\n", "1 !unreadable:"),
                Case.of("what may be a table of one column", "a", "prompt\nb, c\n", "1 prompt", "2 b, c"),
                Case.of("a text that is no table", "a", "prompt, please\nid, prompt\n", "1 prompt, please", "2 id, prompt"),
                Case.of("Parquet", "a.parquet", "PAR1\u0015\u0004", "1 !unreadable:"),
                Case.of("Excel by a wrong name", "a.csv", "PK\u0003\u0004\u0014\0\0", "1 !unreadable:"),
                Case.of("PDF", "a.txt", "%PDF-1.7\n%\u00e2", "1 !unreadable:"),
                Case.of("a picture that is packed", "a.txt.gz", "\u0089PNG\r\n", "1 !unreadable:").in(StandardCharsets.ISO_8859_1).zipped(),
                Case.of("a database", "a.db", "SQLite format 3\0", "1 !unreadable:"),
                Case.of("UTF-16 without a mark", "a.txt", "Why is the sky blue?\n", "1 !unreadable:").in(StandardCharsets.UTF_16LE),
                Case.of("CSV that is cut within a row", "a.csv.gz", "prompt\none\n\"two\nthree\n", "2 {\"prompt\":\"one\"}", "3 !invalid_csv:\"two",
                        "4 !unreadable:three").zipped().cutTo(gzip("prompt\none\n\"two\nthree".getBytes()).length - 9));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPromptHasItsLineAndTheRestIsRefused(Case given) throws IOException {
        assertThat(read(given.file, given.content, given.template)).isEqualTo(given.expected);
    }

    @Test
    void aWholeTextFileIsOnePromptAndOtherFilesHaveLines() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "one\n\ntwo\n");
        Files.writeString(folder.resolve("b.txt"), "x".repeat(MAX_BYTES + 5));
        Files.writeString(folder.resolve("c.jsonl"), "one\ntwo\n");
        Map<String, Path> files = new LinkedHashMap<>();
        Files.writeString(folder.resolve("d.txt"), "\ufeff {\"prompt\":\n\"text\"}");
        List.of("a.txt", "b.txt", "c.jsonl", "d.txt").forEach(name -> files.put(name, folder.resolve(name)));
        assertThat(shown(new InputFiles(files, prompts(null), null, true))).containsExactly("1 one\n\ntwo\n", "1 !too long: 2005", "1 one", "2 two",
                "1 {\"prompt\":\" {\\\"prompt\\\":\\n\\\"text\\\"}\"}");
    }

    @Test
    void aWholeTextThatBeginsAsJsonIsATextForTheTemplateToo() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "{a} is a set");
        assertThat(shown(new InputFiles(Map.of("a.txt", folder.resolve("a.txt")), prompts("data:{{text}}"), null, true))).containsExactly("1 {\"text\":\"{a} is a set\"}");
    }

    @Test
    void aFileThatCannotBeReadIsRefusedAndTheNextFollows() throws IOException {
        Files.writeString(folder.resolve("b.txt"), "one\n");
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("a.txt", folder.resolve("a.txt"));
        files.put("b.txt", folder.resolve("b.txt"));
        InputFiles inputs = new InputFiles(files, prompts(null), null, false);
        assertThat(shown(inputs)).containsExactly("1 !unreadable:", "1 one");
        assertThat(inputs.unreadable()).hasSize(1).first().asString().contains("a.txt");
    }

    @Test
    void whatACsvWriterWroteIsReadWhateverTheCellsHold() throws IOException {
        Random random = new Random(11);
        for (int round = 0; round < 100; round++) {
            StringBuilder csv = new StringBuilder("id,prompt,temperature\n");
            List<String> expected = new ArrayList<>();
            int line = 2;
            for (int row = 0; row < 20; row++) {
                String cell = "p" + text(random, "ab\"\"\n\r,; \u00e9");
                expected.add(line + " {\"id\":\"" + row + "\",\"prompt\":" + Json.MAPPER.writeValueAsString(cell) + "}");
                String written = row + ",\"" + cell.replace("\"", "\"\"") + "\",\n";
                line += written.chars().filter(c -> c == '\n').count();
                csv.append(written);
            }
            assertThat(read("a.csv", csv.toString().getBytes(StandardCharsets.UTF_8), null)).as("round %d", round).isEqualTo(expected);
        }
    }

    @Test
    void whateverStandsInACsvNoLineIsReadTwiceAndNoneThatIsWellFormedIsLost() throws IOException {
        Random random = new Random(12);
        for (int round = 0; round < 500; round++) {
            String rubbish = text(random, "a\",,\n\r\u00e9");
            String csv = "id,prompt\n" + rubbish + "\nlast,one\n";
            List<Inbound> arrivals = arrivals("a.csv", csv.getBytes(StandardCharsets.UTF_8), null);
            assertThat(arrivals).as("round %d: %s", round, csv).extracting(one -> one.source().line()).isSorted().doesNotHaveDuplicates();
            Inbound last = arrivals.get(arrivals.size() - 1);
            boolean own = last.source().line() == csv.chars().filter(c -> c == '\n').count();
            assertThat(own || shown(last).contains("last,one")).as("round %d: %s", round, csv).isTrue();
        }
    }

    @Test
    void anOpenQuoteCostsNoMoreMemoryThanAPromptAndNoOtherRow() {
        int rows = 100_000;
        byte[] row = "b,fine\n".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream csv = new ByteArrayOutputStream();
        csv.writeBytes("id,prompt\na,\"open\n".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < rows; i++) {
            csv.writeBytes(i % 1_000 == 999 ? "c,\"open\n".getBytes(StandardCharsets.UTF_8) : row);
        }
        LineReader lines = LineReader.withEnds(new ByteArrayInputStream(csv.toByteArray()), MAX_BYTES);
        CsvRows reader = new CsvRows("a.csv", lines, prompts(null), (char) 0);
        int fine = 0;
        int refused = 0;
        while (reader.hasNext()) {
            Inbound arrival = reader.next();
            assertThat(arrival.length()).isLessThan(100);
            fine += arrival.refusal() == null ? 1 : 0;
            refused += arrival.refusal() == null ? 0 : 1;
        }
        assertThat(refused).isEqualTo(1 + rows / 1_000);
        assertThat(fine).isEqualTo(rows - rows / 1_000);
    }

    @Test
    void whereNothingIsButOpenQuotesRowsAreGivenUpSooner() {
        int rows = 3_000;
        LineReader lines = LineReader.withEnds(new ByteArrayInputStream(("id,prompt\n" + "5\",\",open\n".repeat(rows)).getBytes(StandardCharsets.UTF_8)), 20_000);
        CsvRows reader = new CsvRows("a.csv", lines, PlainSettings.of(20_000), (char) 0);
        List<String> why = new ArrayList<>();
        reader.forEachRemaining(arrival -> why.add(arrival.refusal().getMessage()));
        assertThat(why).hasSize(rows);
        assertThat(why.get(0)).contains("not closed in the 20");
        assertThat(why.get(20)).contains("not closed in the 4");
    }

    /** A file of some 100 kB would need the stack of thousands of streams, and the files behind it would never be read. */
    @Test
    void gzipIsUnpackedOnceHoweverOftenAFileWasPacked() throws IOException {
        byte[] packed = "one".getBytes(StandardCharsets.UTF_8);
        for (int n = 0; n < 3_000; n++) {
            packed = gzip(packed, Deflater.NO_COMPRESSION);
        }
        assertThat(arrivals("packed.txt.gz", packed, null)).isNotEmpty().noneMatch(arrival -> new String(arrival.bytes(), StandardCharsets.UTF_8).equals("one"));
    }

    private static String text(Random random, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private List<String> read(String file, byte[] content, String template) throws IOException {
        return arrivals(file, content, template).stream().map(InputFilesTest::shown).toList();
    }

    private List<Inbound> arrivals(String file, byte[] content, String template) throws IOException {
        Path path = Files.write(folder.resolve(file), content);
        List<Inbound> arrivals = new ArrayList<>();
        new InputFiles(Map.of(file, path), prompts(template), null, false).forEachRemaining(arrivals::add);
        return arrivals;
    }

    private static PromptSettings prompts(String template) {
        boolean data = template != null && template.startsWith("data:");
        return new PromptSettings(MAX_BYTES, null, PromptSettings.template(template), InputFormat.AUTO, data, List.of(), Set.of());
    }

    private static List<String> shown(InputFiles inputs) {
        List<String> shown = new ArrayList<>();
        inputs.forEachRemaining(one -> shown.add(shown(one)));
        return shown;
    }

    private static String shown(Inbound arrival) {
        String text = new String(arrival.bytes(), StandardCharsets.UTF_8);
        return arrival.source().line() + " " + (arrival.tooLong() ? "!too long: " + arrival.length()
                : arrival.refusal() != null ? "!" + arrival.refusal().code() + ":" + text : text);
    }

    private static byte[] gzip(byte[] content) {
        return gzip(content, Deflater.DEFAULT_COMPRESSION);
    }

    private static byte[] gzip(byte[] content, int level) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped) {
            {
                def.setLevel(level);
            }
        }) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }
}
