package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

/** Puts a request into a dead letter as it came, or as its bytes where it is no JSON or cannot be written as such, and takes it out again when the letter is fed in. Stateless. */
public final class DeadLetterLine {

    private static final String RAW = "raw_base64";
    private static final String REQUEST = "request";
    private static final Pattern RECORD = Pattern.compile("[0-9a-f]{32}#[0-9]{1,10}");
    private static final Set<String> NO_REQUESTS = Set.of(InvalidPrompt.INVALID_CSV, InvalidPrompt.UNREADABLE);

    private DeadLetterLine() {
    }

    /** @param raw the request, or a letter that holds one: there is never a letter within a letter */
    public static void hold(ObjectNode letter, byte[] raw) {
        if (Json.tree(raw) instanceof ObjectNode request) {
            if (ours(request)) {
                letter.setAll(request.retain(REQUEST, RAW));
            } else {
                letter.set(REQUEST, request);
            }
            if (Writable.problem(letter) == null) {
                return;
            }
        }
        letter.remove(REQUEST);
        letter.put(RAW, raw);
    }

    /**
     * Whether a line is a dead letter just as {@link #hold} leaves it, which data of others is not by chance. Even where somebody has made it
     * so, what is taken out of it is data again.
     */
    static boolean ours(ObjectNode line) {
        JsonNode error = line.path("error");
        return matches(line) && line.path("id").isTextual() && line.path("status").asText().equals("failed") && line.path("source").isObject()
                && error.size() == 3 && error.path("code").isTextual() && error.path("message").isTextual() && error.path("retryable").isBoolean()
                && line.path(REQUEST).isObject() != line.path(RAW).isTextual();
    }

    /** Whether a line is a dead letter with its request in it. */
    public static boolean matches(ObjectNode line) {
        return line.path("error").isObject() && (line.hasNonNull(REQUEST) || line.hasNonNull(RAW))
                && !line.has("prompt") && !line.has("messages");
    }

    /** What the letter's prompt was known by; null where that was its id. */
    static String record(Fields line) {
        String record = line.node().path("record").asText();
        return RECORD.matcher(record).matches() ? record : null;
    }

    /** The request in a letter that has not its {@link #original} bytes. */
    static ObjectNode request(Fields line) throws InvalidPrompt {
        return (ObjectNode) line.get(REQUEST, "an object", JsonNode::isObject);
    }

    /**
     * The original bytes of a request that was no JSON, or could not be written as such; else null. A row that was no row and the
     * beginning of a line are refused again: they would pass as prompts.
     */
    static byte[] original(Fields line) throws InvalidPrompt {
        String raw = line.string(RAW);
        if (raw == null) {
            return null;
        }
        JsonNode error = line.node().path("error");
        if (NO_REQUESTS.contains(error.path("code").asText())) {
            throw new InvalidPrompt(error.path("code").asText(), line.id(), error.path("message").asText());
        }
        try {
            return Base64.getDecoder().decode(raw);
        } catch (IllegalArgumentException e) {
            throw line.invalid(RAW + " is not Base64");
        }
    }
}
