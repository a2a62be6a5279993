package io.promptroutes.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Gets from bytes to a request's fields: size, encoding, form, and the wrapping of dead letters and OpenAI Batch lines. Thread-safe. */
final class RequestReader {

    private final int maxBytes;
    private final InputFormat format;

    RequestReader(int maxBytes, InputFormat format) {
        this.maxBytes = maxBytes;
        this.format = format;
    }

    /** @param raw null for a Kafka record without a value */
    Received read(byte[] raw) throws InvalidPrompt {
        if (raw == null) {
            throw new InvalidPrompt(InvalidPrompt.MISSING_PROMPT, null, "no value");
        }
        return read(raw, null);
    }

    /** @param outerId the id on a dead letter around these bytes, for a request without one; or null */
    private Received read(byte[] raw, String outerId) throws InvalidPrompt {
        if (raw.length > maxBytes) {
            throw new InvalidPrompt(InvalidPrompt.TOO_LARGE, outerId, raw.length + " bytes, more than the " + maxBytes + " allowed");
        }
        int start = Utf8.start(raw);
        int invalid = Utf8.firstInvalid(raw, start);
        if (invalid >= 0) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, outerId, "not UTF-8 at byte " + (invalid + 1));
        }
        if (!isJson(raw, start)) {
            return text(raw, start, outerId);
        }
        ObjectNode root = tree(raw, start, outerId);
        if (DeadLetterLine.matches(root)) {
            Fields letter = identified(root, "id", outerId);
            return read(DeadLetterLine.request(letter), letter.id());
        }
        boolean batch = format == InputFormat.OPENAI || BatchLine.matches(root);
        Fields fields = identified(root, batch ? "custom_id" : "id", outerId);
        return new Received(batch ? BatchLine.body(fields) : fields, raw);
    }

    private boolean isJson(byte[] raw, int start) {
        return switch (format) {
            case TEXT -> false;
            case JSON, OPENAI -> true;
            case AUTO -> {
                int i = start;
                while (i < raw.length && (raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\r' || raw[i] == '\n')) {
                    i++;
                }
                yield i < raw.length && raw[i] == '{';
            }
        };
    }

    private static Received text(byte[] raw, int start, String id) throws InvalidPrompt {
        String text = new String(raw, start, raw.length - start, StandardCharsets.UTF_8);
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, id, "not text: a NUL at character " + (nul + 1));
        }
        return new Received(new Fields(Json.MAPPER.createObjectNode().put("prompt", text), id), raw);
    }

    private static ObjectNode tree(byte[] raw, int start, String id) throws InvalidPrompt {
        // Jackson would guess UTF-16 from it
        for (int i = start; i < Math.min(raw.length, start + 4); i++) {
            if (raw[i] == 0) {
                throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, id, "not UTF-8: a NUL at byte " + (i + 1));
            }
        }
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(raw, start, raw.length - start);
        } catch (IOException e) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, fault(e, start));
        } catch (NumberFormatException e) {
            // Jackson lets it through for exponents that no BigDecimal has
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, "a number's exponent is out of bounds");
        }
        if (!root.isObject()) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, "not a JSON object");
        }
        return (ObjectNode) root;
    }

    /** The fields with their id, once everything in them can be written again. */
    private static Fields identified(ObjectNode node, String idField, String outerId) throws InvalidPrompt {
        Writable.check(node.path(idField), outerId);
        String own = new Fields(node, outerId).nameOrNumber(idField);
        String id = own != null ? own : outerId;
        Writable.check(node, id);
        return new Fields(node, id);
    }

    /** In our own words: Jackson's message may quote the prompt. */
    private static String fault(IOException e, int start) {
        if (e instanceof StreamConstraintsException) {
            return "nested deeper than 1,000 levels, or a number, name or string of excessive length";
        }
        if (e instanceof JsonEOFException) {
            return "not valid JSON: it ends in the middle";
        }
        if (e instanceof MismatchedInputException) {
            return "not valid JSON: something follows the object";
        }
        if (e instanceof JsonProcessingException json && json.getLocation() != null && json.getLocation().getByteOffset() >= 0) {
            return "not valid JSON near byte " + (start + json.getLocation().getByteOffset() + 1);
        }
        return "not valid JSON";
    }
}
