package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lines of a batch's results. Thread-safe. */
public final class BatchLineReader {

    private static final int HTTP_OK = 200;
    private static final int HTTP_BAD_REQUEST = 400;

    private final AnswerReader answers;
    private final ErrorClassifier classifier;

    public BatchLineReader(Clock clock) {
        answers = new AnswerReader(clock);
        classifier = new ErrorClassifier(new RetryAfter(clock));
    }

    /** The number of a line of ours; -1 for one of somebody else's, or without a name. @param nonce that begins the names of our lines */
    public static int number(String nonce, JsonNode line) {
        return named(nonce, line.path("custom_id").asText(""));
    }

    /** The first number that a text names; -1 where it names none. */
    public static int named(String nonce, String text) {
        Matcher name = Pattern.compile(Pattern.quote(nonce) + "-(\\d{1,9})(?!\\d)").matcher(text);
        return name.find() ? Integer.parseInt(name.group(1)) : -1;
    }

    /** The name of a line. */
    public static String name(String nonce, int n) {
        return nonce + "-" + n;
    }

    /** Whether it tells anything. */
    public static boolean says(JsonNode line) {
        return line.path("response").isObject() || line.path("error").isObject() || line.path("error").isTextual();
    }

    /** Whether it is an answer, and not a failure. */
    public static boolean answered(JsonNode line) {
        return line.path("response").isObject() && status(line) < HTTP_BAD_REQUEST && !line.path("error").isObject();
    }

    private static int status(JsonNode line) {
        return line.at("/response/status_code").asInt(HTTP_OK);
    }

    /** Null where it does not say what it used. */
    public static Usage usage(JsonNode line) {
        return UsageReader.read(line.at("/response/body"), false);
    }

    /** What it answers as text. */
    public static String text(JsonNode line) {
        return line.at("/response/body/choices/0/message/content").asText("");
    }

    /** @throws CallFailed where it is no answer */
    public Answer read(JsonNode line, String model) throws CallFailed {
        byte[] body = Json.bytes(line.at("/response/body"));
        if (line.path("response").isObject() && !line.path("error").isObject()) {
            return answers.read(status(line), name -> null, body, model);
        }
        JsonNode error = Json.MAPPER.createObjectNode().set("error", line.path("error"));
        throw classifier.refused(new Response(HTTP_BAD_REQUEST, name -> null, error), Json.bytes(error));
    }
}
