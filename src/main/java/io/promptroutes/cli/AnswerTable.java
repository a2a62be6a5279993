package io.promptroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.call.EmbeddedJson;
import io.promptroutes.file.Rows;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Recipient;
import io.promptroutes.prompt.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The input as a table, with what was answered behind its columns: the fields of the answer's schema, or its text, then {@code error},
 * {@code model_used} and {@code cost_usd}. Each input line has one row. Thread-safe.
 */
final class AnswerTable implements Closeable {

    private static final List<String> FIGURES = List.of("error", "model_used", "cost_usd");
    private static final String STANDING = "answered before, and the ledger kept no text: see results.jsonl, or call it again with --fresh";
    private static final int MOST_NAMED = 20;
    private static final int MOST_EARLY = 10_000;

    private final Rows file;
    private final List<String> fields;
    private final boolean spreadsheet;
    /** Of the first record that has any; null until one comes. */
    private List<String> columns;
    /** Rows that ended before there was one; null once the header is written. */
    private List<Row> early = new ArrayList<>();
    private final Set<String> leftOut = Collections.synchronizedSet(new TreeSet<>());
    private long taken;

    private record Row(long number, JsonNode record, byte[] result) {
    }

    /** @param fields that an answer has by its schema; none: its text. spreadsheet, whether a cell that a spreadsheet would compute gets an apostrophe in front */
    AnswerTable(Rows file, List<String> fields, boolean spreadsheet) {
        this.file = file;
        this.fields = fields;
        this.spreadsheet = spreadsheet;
    }

    /** Who takes what becomes of the next line of the input: {@code first}, and then this table. */
    Recipient next(Inbound inbound, Recipient first) {
        JsonNode record = record(inbound);
        long number;
        synchronized (this) {
            number = taken++;
            if (columns == null && !record.isEmpty() && early != null) {
                columns = names(record);
            }
        }
        return new Recipient() {
            @Override
            public void take(Ending ending) throws IOException {
                first.take(ending);
                row(new Row(number, record, ending.json()));
            }
        };
    }

    private static List<String> names(JsonNode record) {
        List<String> names = new ArrayList<>();
        record.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** All columns of a row, whatever of them is asked about; a text is a column of that name; empty where it cannot be read. */
    private static JsonNode record(Inbound inbound) {
        if (inbound.row() != null) {
            return inbound.row().get();
        }
        ObjectNode none = Json.MAPPER.createObjectNode();
        if (inbound.refusal() != null || inbound.tooLong()) {
            return none;
        }
        JsonNode json = Json.tree(inbound.bytes());
        String text = new String(inbound.bytes(), StandardCharsets.UTF_8);
        return json.isObject() ? json : json.isMissingNode() && text.stripLeading().startsWith("{") ? none : none.put("text", text);
    }

    private synchronized void row(Row row) throws IOException {
        if (columns == null && early != null && early.size() < MOST_EARLY) {
            early.add(row);
            return;
        }
        begin();
        write(row);
    }

    private void begin() throws IOException {
        if (early != null) {
            columns = columns == null ? List.of() : columns;
            file.row(-1, header());
            for (Row row : early) {
                write(row);
            }
            early = null;
        }
    }

    private void write(Row row) throws IOException {
        JsonNode record = row.record();
        List<String> known = columns;
        List<String> cells = new ArrayList<>();
        known.forEach(name -> cells.add(cell(record.path(name))));
        record.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name) && leftOut.size() < MOST_NAMED) {
                leftOut.add(name);
            }
        });
        if (row.result() == Ending.STANDING) {
            fields.forEach(field -> cells.add(""));
            cells.addAll(fields.isEmpty() ? List.of("", STANDING, "", "") : List.of(STANDING, "", ""));
            file.row(row.number(), cells);
            return;
        }
        JsonNode result = Json.tree(row.result());
        String text = result.path("text").asText("");
        String json = fields.isEmpty() || result.has("error") ? null : EmbeddedJson.only(text);
        JsonNode answer = json == null ? Json.MAPPER.createObjectNode() : Json.tree(json.getBytes(StandardCharsets.UTF_8));
        fields.forEach(field -> cells.add(cell(answer.path(field))));
        if (fields.isEmpty()) {
            cells.add(safe(result.has("error") ? "" : text));
        }
        cells.add(safe(result.has("error") ? result.at("/error/code").asText() + ": " + result.at("/error/message").asText() : ""));
        cells.add(cell(result.path("model_used")));
        cells.add(cell(result.path("cost_usd")));
        file.row(row.number(), cells);
    }

    /** A name that the input has already gets {@code answer_} in front. */
    private List<String> header() {
        Set<String> header = new LinkedHashSet<>(columns);
        List<String> behind = new ArrayList<>(fields.isEmpty() ? List.of("text") : fields);
        behind.addAll(FIGURES);
        for (String name : behind) {
            String free = name;
            while (!header.add(free)) {
                free = "answer_" + free;
            }
        }
        return List.copyOf(header);
    }

    private String cell(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "" : safe(Json.plain(value));
    }

    private String safe(String cell) {
        return spreadsheet && cell.matches("(?s)[=+\\-@\\t\\r].*") ? "'" + cell : cell;
    }

    /** What is not in it, in a sentence; null where all is. */
    String leftOut() {
        return leftOut.isEmpty() ? null : "the table has the columns of the first record, and not those that only others have: " + String.join(", ", leftOut);
    }

    @Override
    public synchronized void close() throws IOException {
        try (file) {
            begin();
        }
    }
}
