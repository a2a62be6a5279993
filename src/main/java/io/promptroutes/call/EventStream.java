package io.promptroutes.call;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import io.promptroutes.prompt.Json;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** An answer that came as server-sent events though no stream was asked for, or as JSON among their comments. Takes linear time. Stateless. */
final class EventStream {

    /** Choices of an answer, and numbered parts of one list. */
    private static final int MOST = 128;
    private static final Pattern NO_DATA = Pattern.compile("(?s)\\s*+(:.*|(event|id|retry):.*|(data:)?\\s*+\\[DONE]\\s*+)");
    /** Texts that come in pieces; of any other the last one counts. */
    private static final Set<String> PIECES = Set.of("content", "reasoning", "reasoning_content", "refusal", "arguments", "name", "text", "summary",
            "data", "transcript");
    private static final Set<String> WHOLE = Set.of("usage", "error", "message");

    private EventStream() {
    }

    /** One body as if no stream had been sent; missing where the bytes are no events, or end before the answer does. */
    static JsonNode join(byte[] body) {
        try {
            StringBuilder json = new StringBuilder();
            boolean over = lines(body, json);
            ObjectNode whole = Json.MAPPER.createObjectNode();
            over |= values(json.toString(), whole);
            List<JsonNode> choices = new ArrayList<>(whole.path("choices").valueStream().toList());
            over |= !choices.isEmpty() && choices.stream().allMatch(choice -> choice.hasNonNull("finish_reason"));
            if (whole.isEmpty() || !over && !whole.hasNonNull("error")) {
                return MissingNode.getInstance();
            }
            if (!choices.isEmpty()) {
                choices.sort(Comparator.comparingInt(choice -> choice.path("index").asInt()));
                whole.putArray("choices").addAll(choices);
            }
            return Json.MAPPER.valueToTree(whole); // what was put together of pieces is a text again
        } catch (IOException | NumberFormatException e) {
            return MissingNode.getInstance();
        }
    }

    /** Leaves the JSON, which may go over several lines. Returns whether the stream says that it is over. */
    private static boolean lines(byte[] body, StringBuilder json) throws IOException {
        boolean over = false;
        int mark = body.length > 2 && body[0] == (byte) 0xEF ? 3 : 0; // of the byte order
        BufferedReader lines = new BufferedReader(new InputStreamReader(new ByteArrayInputStream(body, mark, body.length - mark), StandardCharsets.UTF_8.newDecoder()));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!NO_DATA.matcher(line).matches()) {
                json.append('\n').append(line, line.startsWith("data:") ? "data:".length() : 0, line.length());
            }
            over |= line.strip().endsWith("[DONE]");
        }
        return over;
    }

    /** Returns whether one of them is an answer by itself. */
    private static boolean values(String json, ObjectNode whole) throws IOException {
        boolean answer = false;
        try (MappingIterator<JsonNode> values = Json.MAPPER.readerFor(JsonNode.class).readValues(json)) {
            while (values.hasNextValue()) {
                JsonNode value = values.nextValue();
                if (value.path("choices").path(0).has("message")) {
                    if (answer) {
                        throw new IOException("two answers");
                    }
                    answer = true;
                }
                merge(whole, value);
            }
        } catch (JsonParseException e) {
            if (!answer && !(e instanceof JsonEOFException)) { // what came before a cut may be all of the answer, and a comment may stand right behind it
                throw e;
            }
        }
        return answer;
    }

    private static void merge(ObjectNode into, JsonNode from) throws IOException {
        for (Map.Entry<String, JsonNode> field : from.properties()) {
            String name = field.getKey().equals("delta") ? "message" : field.getKey();
            JsonNode piece = field.getValue();
            JsonNode before = into.path(name);
            if (piece.isNull() || before.isTextual() && piece.isTextual() && piece.textValue().isEmpty()) {
                into.putIfAbsent(name, piece);
            } else if (piece.isArray()) {
                add(before instanceof ArrayNode list ? list : into.putArray(name), piece, name.equals("choices"));
            } else if (piece.isObject() && !WHOLE.contains(field.getKey())) {
                merge(before instanceof ObjectNode object ? object : into.putObject(name), piece);
            } else if (piece.isTextual() && PIECES.contains(name)) {
                append(into, name, before, piece.textValue());
            } else {
                into.set(name, piece);
            }
        }
    }

    private static void append(ObjectNode into, String name, JsonNode before, String piece) {
        if (!(before instanceof POJONode)) {
            into.putPOJO(name, new StringBuilder(before.isTextual() ? before.textValue() : "").append(piece));
        } else {
            StringBuilder text = (StringBuilder) ((POJONode) before).getPojo();
            text.append(name.equals("name") && piece.contentEquals(text) ? "" : piece); // some say it with every piece
        }
    }

    private static void add(ArrayNode into, JsonNode pieces, boolean numbered) throws IOException {
        for (JsonNode piece : pieces) {
            if (!piece.isObject() || !numbered && !piece.has("index")) {
                into.add(piece);
                continue;
            }
            ObjectNode same = null;
            for (int i = into.size() - 1; i >= 0 && i >= into.size() - MOST && same == null; i--) {
                same = into.get(i) instanceof ObjectNode one && same(one, piece) ? one : null;
            }
            if (same == null && into.size() >= MOST) {
                throw new StreamConstraintsException("more than " + MOST + " numbered parts");
            }
            merge(same == null ? into.addObject() : same, piece);
        }
    }

    private static boolean same(ObjectNode one, JsonNode piece) {
        return one.path("index").asLong() == piece.path("index").asLong()
                && (!piece.has("type") || !one.has("type") || piece.get("type").equals(one.get("type")));
    }
}
