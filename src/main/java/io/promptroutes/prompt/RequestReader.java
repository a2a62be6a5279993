package io.promptroutes.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Gets from bytes to a request's fields: size, encoding, form, and the wrapping of dead letters and OpenAI Batch lines. Thread-safe.
 *
 * @param data  whether records are read, none of whose fields means anything by itself
 * @param texts whether a plain text may come in
 */
record RequestReader(int maxBytes, boolean data, boolean texts) {

    /** Of three bytes. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern OBJECT = Pattern.compile("[ \t\r\n]*+\\{");
    private static final String CHAT = "/chat/completions";

    /**
     * A request, or a record, out of its wrapping.
     *
     * @param fields that mean something; none of a record
     * @param record what templates are filled from
     * @param raw    the bytes without the wrapping of a dead letter, so that a second one holds the request and not the first one
     * @param openAi whether it is a line for OpenAI's Batch API
     * @param known  the record by which the prompt of a dead letter was known, or null
     */
    record Received(Fields fields, ObjectNode record, byte[] raw, boolean openAi, String known) {

        Received known(String by) {
            return known != null ? this : new Received(fields, record, raw, openAi, by);
        }
    }

    /**
     * @param raw     null for a Kafka record without a value
     * @param outerId the id on a dead letter around these bytes, for a request without one; or null
     */
    Received read(byte[] raw, InputFormat format, String outerId) throws InvalidPrompt {
        if (raw == null) {
            throw new InvalidPrompt(InvalidPrompt.MISSING_PROMPT, outerId, "no value");
        }
        if (raw.length > maxBytes) {
            throw new InvalidPrompt(InvalidPrompt.TOO_LARGE, outerId, raw.length + " bytes, more than the " + maxBytes + " allowed");
        }
        String decoded = decoded(raw, outerId);
        int start = decoded.startsWith(BYTE_ORDER_MARK) ? 3 : 0;
        String text = start == 0 ? decoded : decoded.substring(1);
        if (format == InputFormat.TEXT || format == InputFormat.AUTO && !OBJECT.matcher(text).lookingAt()) {
            int nul = text.indexOf('\0');
            if (nul >= 0) {
                throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, outerId, "not text: a NUL at character " + (nul + 1));
            }
            if (!texts) {
                throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, outerId, "not a JSON object, and no template names the field text, which a plain text is");
            }
            ObjectNode request = Json.MAPPER.createObjectNode();
            return new Received(new Fields(data ? request : request.put("prompt", text), outerId), Json.MAPPER.createObjectNode().put(PromptSettings.TEXT, text), raw,
                    false, null);
        }
        Fields fields = named(tree(raw, start, outerId), format, outerId);
        Writable.check(fields.node(), fields.id());
        byte[] request = raw;
        String known = null;
        while (data ? DeadLetterLine.ours(fields.node()) : DeadLetterLine.matches(fields.node())) { // where it stands, so that letters within letters are looked through once
            byte[] original = DeadLetterLine.original(fields);
            known = DeadLetterLine.record(fields);
            if (original != null) {
                return read(original, format, fields.id()).known(known);
            }
            fields = named(DeadLetterLine.request(fields), format, fields.id());
            request = null;
        }
        request = request == null ? Json.bytes(fields.node()) : request;
        if (data) {
            return new Received(new Fields(Json.MAPPER.createObjectNode(), null), fields.node(), request, false, known);
        }
        boolean openAi = batchLine(fields.node(), format);
        Fields body = openAi ? batchBody(fields) : fields;
        return new Received(body, body.node(), request, openAi, known);
    }

    private static boolean batchLine(ObjectNode node, InputFormat format) {
        return format == InputFormat.OPENAI || node.has("custom_id") && node.has("body");
    }

    /** @param id for the error, or null */
    static String decoded(byte[] raw, String id) throws InvalidPrompt {
        ByteBuffer in = ByteBuffer.wrap(raw);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, id, "not UTF-8 at byte " + (in.position() + 1));
        }
    }

    private static ObjectNode tree(byte[] raw, int start, String id) throws InvalidPrompt {
        // Jackson would guess UTF-16 from it
        for (int i = start; i < Math.min(raw.length, start + 4); i++) {
            if (raw[i] == 0) {
                throw new InvalidPrompt(InvalidPrompt.INVALID_ENCODING, id, "not UTF-8: a NUL at byte " + (i + 1));
            }
        }
        try {
            JsonNode root = Json.MAPPER.readTree(raw, start, raw.length - start);
            if (root instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, fault(e, start));
        } catch (NumberFormatException e) {
            // Jackson lets it through for exponents that no BigDecimal has
            throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, "a number's exponent is out of bounds");
        }
        throw new InvalidPrompt(InvalidPrompt.INVALID_JSON, id, "not a JSON object");
    }

    /** The fields with their id; data has none. */
    private Fields named(ObjectNode node, InputFormat format, String outerId) throws InvalidPrompt {
        if (data) {
            return new Fields(node, null);
        }
        String idField = batchLine(node, format) && !DeadLetterLine.matches(node) ? "custom_id" : "id";
        Writable.check(node.path(idField), outerId);
        String own = new Fields(node, outerId).nameOrNumber(idField);
        return new Fields(node, own != null ? own : outerId);
    }

    /** The request in a line of an OpenAI Batch file, with the line's id. */
    private static Fields batchBody(Fields line) throws InvalidPrompt {
        String url = line.string("url");
        if (url != null && !url.endsWith(CHAT)) {
            throw new InvalidPrompt(InvalidPrompt.UNSUPPORTED_URL, line.id(), "url '" + Fields.quote(url) + "' is not " + CHAT);
        }
        line.get("method", "POST", method -> method.asText().equalsIgnoreCase("POST"));
        JsonNode body = line.get("body", "an object", JsonNode::isObject);
        if (body == null) {
            throw line.missing("no body: not a line of an OpenAI Batch file");
        }
        return new Fields((ObjectNode) body, line.id());
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
