package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The columns of a CSV table, named like the fields of a request, which make a request of each row. An empty cell is a field that is not
 * given. Columns of any other name are somebody's data: they go into a prompt that the template makes, and nowhere else, so that what a
 * row asks, and what it is known by, does not change with them. Immutable.
 */
public record Columns(CsvSchema schema, List<String> names, PromptSettings settings) {

    private static final ObjectReader CSV = CsvMapper.builder(CsvFactory.builder().streamReadConstraints(Json.LIMITS).build()).build()
            .readerFor(String[].class).with(CsvParser.Feature.WRAP_AS_ARRAY);
    private static final Set<String> TEXTS = Set.of("id", "prompt", "system", "strategy", "model", "budget", "quality", "complexity", "comparison",
            "task", "tenant", "user", "complete_within");
    private static final Set<String> FLAGS = Set.of("free_only", "allow_paid");
    /** Text, unless it is an array or an object. */
    private static final Set<String> TEXTS_OR_JSON = Set.of("stop", "tool_choice");

    /** @param header the first row, which says by its first comma, semicolon or tab what separates cells */
    public static Columns of(byte[] header, char separator, PromptSettings settings) throws InvalidPrompt {
        CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(separator);
        List<String> names = Arrays.stream(cells(header, schema)).map(String::strip).toList();
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!name.isEmpty() && !seen.add(name)) {
                throw invalid("the header has column '" + Fields.quote(name) + "' twice; no row of the file is read");
            }
        }
        if (settings.template() == null && !seen.contains("prompt") && !seen.contains("messages")) {
            throw invalid("the header has no column prompt or messages, and key prompts.template is not set; no row of the file is read");
        }
        return new Columns(schema, names, settings);
    }

    /** The row as a JSON object, of texts alone where it is data; null where all its cells are empty. */
    public byte[] request(byte[] row) throws InvalidPrompt {
        String[] cells = cells(row, schema);
        if (cells.length != names.size()) {
            throw invalid("a row of " + cells.length + " cells under a header of " + names.size());
        }
        if (Arrays.stream(cells).allMatch(String::isBlank)) {
            return null;
        }
        boolean own = !cell(cells, "prompt").isEmpty() || !cell(cells, "messages").isEmpty();
        ObjectNode request = Json.MAPPER.createObjectNode();
        for (int i = 0; i < cells.length; i++) {
            String name = names.get(i);
            boolean field = !settings.data() && ModelFields.known(name, settings.passthrough());
            if (field && !cells[i].isEmpty()) {
                request.set(name, value(name, cells[i]));
            } else if (!field && !name.isEmpty() && (settings.data() || !own && settings.template() != null && settings.template().uses(name))) {
                request.put(name, cells[i]);
            }
        }
        String problem = Writable.problem(request);
        if (problem != null) {
            throw invalid(problem);
        }
        return Json.bytes(request);
    }

    /** All columns of a row as texts, which are empty where it cannot be read. */
    public JsonNode record(byte[] row) {
        ObjectNode record = Json.MAPPER.createObjectNode();
        try {
            String[] cells = cells(row, schema);
            for (int i = 0; i < names.size(); i++) {
                if (!names.get(i).isEmpty()) {
                    record.put(names.get(i), i < cells.length ? cells[i] : "");
                }
            }
        } catch (InvalidPrompt e) {
            names.stream().filter(name -> !name.isEmpty()).forEach(name -> record.put(name, ""));
        }
        return record;
    }

    private String cell(String[] cells, String name) {
        int i = names.indexOf(name);
        return i < 0 ? "" : cells[i];
    }

    /** What does not read as the field wants it stays text, and is refused as such when the request is looked at. */
    private static JsonNode value(String name, String cell) {
        if (TEXTS.contains(name)) {
            return TextNode.valueOf(cell);
        }
        if (name.equals("models") && !cell.stripLeading().startsWith("[")) {
            return Json.MAPPER.valueToTree(Arrays.stream(cell.split(",")).map(String::strip).filter(one -> !one.isEmpty()).toList());
        }
        // TRUE is how spreadsheets write it, 100.0 how some libraries write a whole number in a column with gaps
        String json = FLAGS.contains(name) ? cell.toLowerCase(Locale.ROOT) : cell.strip().replaceFirst("^(-?\\d+)\\.0+$", "$1");
        JsonNode value = Json.tree(json.getBytes(StandardCharsets.UTF_8));
        return value.isMissingNode() || TEXTS_OR_JSON.contains(name) && !value.isContainerNode() ? TextNode.valueOf(cell) : value;
    }

    private static String[] cells(byte[] row, CsvSchema schema) throws InvalidPrompt {
        String text = RequestReader.decoded(row, null);
        if (text.indexOf('\0') >= 0) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, null, "not text: a NUL at character " + (text.indexOf('\0') + 1));
        }
        try (MappingIterator<String[]> rows = CSV.with(schema).readValues(text)) {
            String[] cells = rows.nextValue();
            if (!rows.hasNextValue()) {
                return cells;
            }
        } catch (IOException e) {
            throw invalid("not valid CSV: quotes or separators are wrong"); // Jackson's message may quote the prompt
        }
        throw invalid("not valid CSV: a carriage return stands outside quotes");
    }

    private static InvalidPrompt invalid(String message) {
        return new InvalidPrompt(InvalidPrompt.INVALID_CSV, null, message);
    }
}
